"""Credits, hours and grades are integers of their smallest unit; a float would lose some."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import python_files, tree_of

TIMED = (
    "creditbank/cache/",
    "creditbank/jobs/",
    "creditbank/network/",
    "creditbank/observability/",
    "creditbank/writer/",
    "ledger/sources.py",
)
"""They hold no amount; their floats are seconds of waiting."""

SOLVER = "creditbank/planning/integer_programme.py"
"""What it gets from the solver is rounded and checked in integers before anybody sees it."""

BADGE = "certificates/open_badge.py"
"""Open Badges state credits as a JSON number; it is made of the exact amount at the last moment."""

PAGES = "certificates/presented/pdf.py"
"""Pages are drawn at a scale, to look for a code; no amount is near."""

FOLDERS = ("folder", "directory", "here", "dir", "path", "root")


def floats(tree: ast.Module) -> Iterator[int]:
    """Give the lines that name, write or make a float."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="float" | "round"):
                yield node.lineno
            case ast.Constant(value=float()):
                yield node.lineno
            case ast.BinOp(op=ast.Div(), left=left, right=right) if not (
                _is_path(left) or _is_path(right)
            ):
                yield node.lineno


def _is_path(node: ast.expr) -> bool:
    """Say whether this operand of a slash joins paths: by a text or a folder, as we name them."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return _is_path(left) or _is_path(right)
        case ast.Call(func=function):
            return _is_path(function)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower().endswith(FOLDERS)
    return False


def test_no_amount_is_a_float() -> None:
    """Neither as a type, nor as a number, nor as a quotient."""
    domain = python_files("creditbank", "ledger", "certificates")
    judged = [path for path in domain if not path.startswith((*TIMED, SOLVER, BADGE, PAGES))]
    found = [f"{path}:{line}" for path in judged for line in floats(tree_of(path))]
    assert found == []


@pytest.mark.parametrize(
    "wrong", ["credits: float", "credits = 0.5", "credits = total / count", "round(credits)"]
)
def test_a_float_is_found(wrong: str) -> None:
    """In an annotation, a literal, a division, a rounding."""
    assert list(floats(ast.parse(wrong))) == [1]


@pytest.mark.parametrize("right", ["total // count", "folder / name", "Path(x) / 'file'"])
def test_integers_and_paths_are_no_floats(right: str) -> None:
    """Whole division and joining paths are allowed."""
    assert list(floats(ast.parse(right))) == []
