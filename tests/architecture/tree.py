"""The project's files as its rules see them: tracked or about to be, parsed once."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "creditbank", "ledger", "certificates")


@cache
def tracked_files() -> tuple[str, ...]:
    """Every file that git keeps or would add, as a path below the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file()))


def python_files(*folders: str) -> list[str]:
    """The Python files below these folders, or all of them."""
    inside = tuple(f"{folder}/" for folder in folders)
    paths = [path for path in tracked_files() if path.endswith(".py")]
    return [path for path in paths if not inside or path.startswith(inside)]


@cache
def source_of(path: str) -> str:
    """A file's text."""
    return (ROOT / path).read_text("utf-8")


@cache
def tree_of(path: str) -> ast.Module:
    """A Python file's syntax tree."""
    return ast.parse(source_of(path), path)


@dataclass(frozen=True, slots=True)
class Reference:
    """A dotted name that a piece of code refers to, as its imports resolve it."""

    name: str
    line: int


def references(tree: ast.Module) -> Iterator[Reference]:
    """Every imported name that is used: `from os import urandom as x; x` refers to `os.urandom`."""
    known = dict(_imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = _dotted(node, known)
            if name is not None:
                yield Reference(name, node.lineno)


def imports(tree: ast.Module) -> Iterator[Reference]:
    """Every module or member that is imported, wherever the statement stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Reference(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Reference(f"{node.module}.{one.name}", node.lineno) for one in node.names)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or whole, whole
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.expr, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, known)
        return None if before is None else f"{before}.{node.attr}"
    return None
