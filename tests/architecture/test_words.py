"""What is tracked stands alone: no plan's labels, no machine's paths, no package index."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import ROOT, tracked_files

HERE = "tests/architecture/test_words.py"
LABEL = re.compile(r"\b(?:R\d\d|T\d{1,2}[a-z]?|[Ii]ssue #?\d+)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|Users|opt|mnt)/\w")
INDEX_HOST = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|--(?:extra-)?index-url")
CONTENT_ONLY = ("LICENSE", "examples/")
"""A licence's and a data set's words are not ours."""


def problems(path: str, text: str) -> Iterator[str]:
    """Name each line that holds what belongs to a plan, a machine or an index."""
    prose = _docstring_lines(text) if path.startswith("tests/") and path.endswith(".py") else set()
    for number, line in enumerate(text.splitlines(), 1):
        # A test's docstring may cite a case of the design.
        if LABEL.search(line) and number not in prose:
            yield f"{path}:{number} label"
        if MACHINE_PATH.search(line):
            yield f"{path}:{number} machine path"
        if INDEX_HOST.search(line):
            yield f"{path}:{number} index host"


def _docstring_lines(text: str) -> set[int]:
    lines: set[int] = set()
    documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            lines |= set(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    return lines


def _texts() -> Iterator[tuple[str, str]]:
    for path in tracked_files():
        data = (ROOT / path).read_bytes()
        if path != HERE and not path.startswith(CONTENT_ONLY) and b"\0" not in data:
            yield path, data.decode()


def test_tracked_files_hold_no_labels_paths_or_index_hosts() -> None:
    """A reader who has only this repository understands every word of it."""
    texts = list(_texts())
    assert len(texts) > 100
    assert [found for path, text in texts for found in problems(path, text)] == []


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ("# as R14 says", "label"),
        ("# see T3b", "label"),
        ("Closes issue 12.", "label"),
        ("DATA = '/work/data'", "machine path"),
        ("cd /home/someone", "machine path"),
        ("--index-url x", "index host"),
        ("https://files.pythonhosted.org/packages/x", "index host"),
    ],
)
def test_a_label_path_or_host_is_found(wrong: str, kind: str) -> None:
    """In any file."""
    assert list(problems("docs/page.md", wrong)) == [f"docs/page.md:1 {kind}"]


def test_a_case_is_cited_in_a_tests_docstring_only() -> None:
    """Beside it, the name says what holds."""
    text = 'def test_x() -> None:\n    """The case is R14."""\n    R14 = 1\n'
    assert list(problems("tests/unit/test_x.py", text)) == ["tests/unit/test_x.py:3 label"]


def unlocked(lock: str) -> list[str]:
    """Name each requirement of a lock file that is not pinned with a hash."""
    joined = lock.replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines()]
    needed = [line for line in lines if line and not line.startswith("#")]
    pinned = re.compile(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}")
    return [line for line in needed if pinned.match(line) is None]


def test_every_locked_requirement_carries_a_hash() -> None:
    """What is installed is what was resolved, from whichever index."""
    locks = [path for path in tracked_files() if re.fullmatch(r"requirements/.+\.txt", path)]
    assert len(locks) == 4
    assert [line for path in locks for line in unlocked((ROOT / path).read_text())] == []


@pytest.mark.parametrize("wrong", ["x>=1 --hash=sha256:" + "0" * 64, "x==1", "-i https://a.b/c"])
def test_a_requirement_without_pin_or_hash_is_found(wrong: str) -> None:
    """An option is no requirement either."""
    assert unlocked(wrong) == [wrong]
