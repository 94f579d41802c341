"""A file is named for what it holds; a drawer is named for nothing and fills up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import pytest

from tests.architecture.tree import tracked_files

DRAWERS = frozenset(
    {
        "base", "common", "core", "helper", "helpers", "lib", "manager", "managers", "misc",
        "miscellaneous", "service", "services", "shared", "stuff", "util", "utils", "utilities",
    }
)  # fmt: skip
CODE = frozenset({".py", ".html", ".css", ".js", ".mjs", ".ts", ".go", ".sh"})
ONE_A_ROOM = ("tables.py", "queries.py")


def drawers(paths: Iterable[str]) -> Iterator[str]:
    """Name each code file that is a drawer or lies in one."""
    for text in paths:
        path = PurePosixPath(text)
        if path.suffix in CODE:
            words = {
                word
                for part in (*path.parts[:-1], path.stem)
                for word in part.lower().replace("-", "_").split("_")
            }
            if words & DRAWERS:
                yield text


def doubled(paths: Iterable[str]) -> list[str]:
    """Name each room of the bank that has two files of tables or of queries."""
    parts = [PurePosixPath(path).parts for path in paths if path.startswith("creditbank/")]
    count = Counter(f"{path[1]}/…/{path[-1]}" for path in parts if path[-1] in ONE_A_ROOM)
    return [name for name, times in count.items() if times > 1]


def test_no_file_is_a_drawer() -> None:
    """A reader guesses what is inside before opening."""
    assert list(drawers(tracked_files())) == []


@pytest.mark.parametrize(
    "path", ["api/utils.py", "creditbank/common/x.py", "ledger/tile_helpers.py", "web/base.html"]
)
def test_a_drawer_is_found(path: str) -> None:
    """As a file, as a folder, as a part of a name, in any language."""
    assert list(drawers([path, "ledger/merkle.py"])) == [path]


def test_a_room_has_at_most_one_file_of_tables_and_of_queries() -> None:
    """What a room stores and asks stands in one place."""
    assert doubled(tracked_files()) == []


def test_a_second_file_of_queries_is_found() -> None:
    """Also where it hides in a folder of the room."""
    paths = ["creditbank/outcomes/queries.py", "creditbank/outcomes/batches/queries.py"]
    assert doubled([*paths, "creditbank/passes/queries.py"]) == ["outcomes/…/queries.py"]
