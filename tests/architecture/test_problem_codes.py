"""Codes of problems in the source and their words in `api/problems.yaml` belong together."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.problems import LANGUAGES, load_problems
from api.web.verdicts import PROBLEMS
from creditbank.bank import open_bank
from creditbank.founding import init_bank
from creditbank.settings import Settings
from tests.architecture.tree import PACKAGES, python_files, tree_of

KINDS = load_problems().kinds
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
CARRIES_A_CODE = re.compile(r"Refusal|Fault|\w+Error")
CHECK_MAKERS = {"failed", "skipped"}
VERIFICATION = Path("creditbank/verification")


def literal(node: ast.AST | None) -> Iterator[str]:
    """Give the codes that an expression may be: one, or one of two."""
    if isinstance(node, ast.IfExp):
        yield from literal(node.body)
        yield from literal(node.orelse)
    elif isinstance(node, ast.Constant) and CODE.fullmatch(str(node.value)):
        yield str(node.value)


def callee(node: ast.Call) -> str:
    """Give the last name of what is called."""
    called = node.func
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def returned(node: ast.AST) -> Iterator[str]:
    """Give the codes that a function returns to whoever raises them."""
    if isinstance(node, ast.Return):
        yield from (code for code in literal(node.value) if "-" in code)


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Give every module of the four packages with its syntax tree."""
    return ((Path(file), tree_of(file)) for file in python_files(*PACKAGES))


def codes_of_refusals() -> Iterator[str]:
    """Give the codes that the source raises, or hands to what raises them."""
    for file, tree in modules():
        returns_codes = file.parts[0] == "creditbank" and VERIFICATION not in file.parents
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                if CARRIES_A_CODE.fullmatch(callee(node)) and node.args:
                    yield from literal(node.args[0])
                for keyword in node.keywords:
                    if keyword.arg == "code" and callee(node) == "FieldProblem":
                        yield from literal(keyword.value)
            elif returns_codes:
                yield from returned(node)


def codes_of_checks() -> Iterator[str]:
    """Give the problems that checks of a verification name."""
    for file, tree in modules():
        returns_codes = VERIFICATION in file.parents
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and callee(node) in CHECK_MAKERS:
                for argument in node.args[1:]:
                    yield from literal(argument)
            elif returns_codes:
                yield from returned(node)


def strings() -> set[str]:
    """Give every string that stands in the source."""
    return {
        node.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_that_is_raised_has_words() -> None:
    """A refusal without words would fail at the door."""
    raised = set(codes_of_refusals())
    assert len(raised) > 40
    assert raised - KINDS.keys() == set()


def test_every_code_with_words_is_raised() -> None:
    """The table carries no problem that cannot happen."""
    assert KINDS.keys() - strings() == set()


def test_every_problem_of_a_check_has_words() -> None:
    """The employer's page explains each check that did not pass."""
    named = set(codes_of_checks())
    assert len(named) > 9
    assert named - PROBLEMS.keys() == set()


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_code_is_worded_in_both_languages(code: str) -> None:
    """A refusal has status, title and remedy; a code without status names a wrong field."""
    kind = KINDS[code]
    worded = [kind.field] if kind.status is None else [kind.title, kind.remedy, kind.field]
    for words in worded:
        assert all(words.get(language) for language in LANGUAGES)
        facts = [re.findall(r"\{\w+\}", words[language]) for language in LANGUAGES]
        assert sorted(set(facts[0])) == sorted(set(facts[1]))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a bank that was founded and no more."""
    founded = Settings(data_dir=tmp_path_factory.mktemp("bank"))
    init_bank(founded)
    bank = open_bank(founded)
    with TestClient(create_app(bank), base_url=founded.origin) as opened:
        yield opened
    bank.close()


def read(client: TestClient, path: str, language: str) -> str:
    """Give what a page says in a language."""
    page = client.get(path, headers={"Accept-Language": language})
    assert page.status_code == 200
    return page.text.replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize("code", sorted(KINDS))
@pytest.mark.parametrize(("language", "what_to_do"), [("zh", "处理办法"), ("en", "What to do")])
def test_a_code_has_a_page_in_both_languages(
    client: TestClient, code: str, language: str, what_to_do: str
) -> None:
    """The page is the problem's `type` (RFC 9457): it says what is wrong and what to do."""
    kind = KINDS[code]
    words = read(client, f"/problems/{code}", language)

    said = kind.field if kind.status is None else kind.title
    assert re.sub(r"\{\w+\}", "…", said[language]) in words
    assert f"<code>{code}</code>" in words
    assert what_to_do in words
    assert re.search(r"\{\w+\}", words) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_stands_in_the_list_with_its_words(client: TestClient, language: str) -> None:
    """Whoever writes a program reads once what it may be told."""
    words = read(client, "/problems", language)
    for code, kind in KINDS.items():
        said = kind.field if kind.status is None else kind.title
        assert f'<a href="/problems/{code}"><code>{code}</code></a>' in words
        assert re.sub(r"\{\w+\}", "…", said[language]) in words


def test_an_unknown_code_has_no_page(client: TestClient) -> None:
    """There is nothing to explain."""
    assert client.get("/problems/no-such-code").status_code == 404
