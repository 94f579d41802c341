"""What the documents say of the code is so: paths, links, words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, python_files, source_of, tracked_files, tree_of

DOCUMENTS = [path for path in tracked_files() if path.endswith(".md") and "/" not in path] + [
    path for path in tracked_files() if path.startswith("docs/") and path.endswith(".md")
]
PATH = re.compile(
    r"`((?:api|creditbank|ledger|certificates|tests|examples|docs|dev|requirements|\.ci)"
    r"(?:/[\w.*-]+)*|pyproject\.toml|Makefile)`"
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
GLOSSARY = "docs/glossary.md"
TERMS = (
    "learner", "account", "institution", "provider", "outcome", "definition", "scheme", "credit",
    "class hour", "study time", "recognise", "verify", "certify", "revoke", "void", "superseded",
    "held", "dry run", "leaf", "statement", "checkpoint", "receipt", "inclusion proof",
    "learning pass", "offline pass", "credential", "certificate", "verdict",
)  # fmt: skip
DECISION_PARTS = ("Context", "Decision", "Consequences", "Alternatives", "What enforces it")


def missing_paths(text: str, folder: Path) -> list[str]:
    """Name each path that a text in this folder mentions or links, and that is not there."""
    mentioned = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    return mentioned + [link for link in LINK.findall(text) if not (folder / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    """Whoever follows it arrives."""
    assert missing_paths(source_of(document), (ROOT / document).parent) == []


TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: str) -> None:
    """A promise that names its test is kept by one."""
    named = TEST.findall(source_of(document))
    assert [name for path, name in named if f"\ndef {name}(" not in source_of(path)] == []


def test_a_path_that_is_missing_is_found() -> None:
    """Mentioned, or linked from the document's own folder."""
    text = "see `api/no.py`, [this](none.md) and [that](glossary.md)"
    assert missing_paths(text, ROOT / "docs") == ["api/no.py", "none.md"]


def test_the_architecture_names_every_room() -> None:
    """A newcomer finds each folder of the bank on the page."""
    named = set(PATH.findall(source_of("ARCHITECTURE.md")))
    rooms = {
        path.rpartition("/")[0]
        for path in python_files("creditbank")
        if path.count("/") == 2 and path.endswith("__init__.py")
    }
    assert rooms - named == set()


def rows() -> list[list[str]]:
    """The glossary's rows: English, 中文, meaning, what to avoid."""
    lines = [line for line in source_of(GLOSSARY).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if len(row) == 4 and row[0] not in {"English", "---"}]


def test_the_glossary_has_the_words_of_the_field() -> None:
    """Each with its Chinese and its meaning."""
    entries = {english: (chinese, meaning) for english, chinese, meaning, _ in rows()}
    assert set(TERMS) - entries.keys() == set()
    for chinese, meaning in entries.values():
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert meaning


def avoided() -> set[str]:
    """The words that no name in the code has."""
    return {word for row in rows() for word in re.findall(r"`(\w+)`", row[3])}


def names(tree: ast.Module) -> Iterator[str]:
    """Every name that a module gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def words(name: str) -> set[str]:
    """The words of a name in either spelling, in lower case."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_the_code_has_no_name_with_an_avoided_word() -> None:
    """One thing has one name, on the page and in the code."""
    unwanted = avoided()
    assert len(unwanted) > 9
    found = {
        f"{path}: {name}"
        for path in python_files(*PACKAGES)
        for name in names(tree_of(path))
        if words(name) & unwanted
    }
    assert found == set()


def test_an_avoided_word_is_found_in_any_spelling() -> None:
    """As a class, a function, an argument."""
    tree = ast.parse("class StudentWallet:\n    def open_wallet(self, student_id): ...")
    assert [words(name) & {"student", "wallet"} for name in names(tree)] == [
        {"student", "wallet"}, {"wallet"}, set(), {"student"},
    ]  # fmt: skip


def decisions() -> list[str]:
    """The records of decisions, in order."""
    return sorted(path for path in DOCUMENTS if path.startswith("docs/adr/"))


def test_decisions_are_numbered_without_a_gap() -> None:
    """A number is cited for ever."""
    numbers = [int(path.removeprefix("docs/adr/")[:4]) for path in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 12


@pytest.mark.parametrize("path", decisions())
def test_a_decision_says_why_what_and_what_enforces_it(path: str) -> None:
    """In half a page; the decision is one sentence."""
    text = source_of(path)
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == DECISION_PARTS
    decision = text.partition("## Decision\n\n")[2].partition("\n\n## ")[0]
    assert re.fullmatch(r"[^.]+(?:\.\w[^.]*)*\.", decision.strip())
    assert len(text.split()) < 400
