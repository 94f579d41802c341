"""Files stay short enough to be read at one sitting, tests as well."""

from collections.abc import Mapping

from tests.architecture.tree import source_of, tracked_files

LINES_MAX = 300
CODE = (".py", ".html", ".css", ".js", ".mjs", ".go", ".sh")
VENDORED = "api/web/static/vendor/"
"""What others wrote lies there byte for byte, by the hashes in its README."""


def too_long(sources: Mapping[str, str]) -> dict[str, int]:
    """Give each file that is too long, with its lines."""
    lengths = {path: len(source.splitlines()) for path, source in sources.items()}
    return {path: lines for path, lines in lengths.items() if lines > LINES_MAX}


def test_no_file_is_longer_than_300_lines() -> None:
    """What grows beyond it holds two things."""
    ours = [one for one in tracked_files() if one.endswith(CODE) and not one.startswith(VENDORED)]
    assert too_long({path: source_of(path) for path in ours}) == {}


def test_a_file_that_is_too_long_is_found() -> None:
    """The three-hundredth line is the last."""
    assert too_long({"a.py": "x\n" * 300, "b.py": "x\n" * 301}) == {"b.py": 301}
