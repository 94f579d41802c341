"""The project's own sources, for tests that hold over all of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "creditbank", "ledger", "certificates")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Give every module of the four packages with its syntax tree."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file.relative_to(ROOT), ast.parse(file.read_text("utf-8"))
