"""The API describes itself truly: a valid document whose examples the bank accepts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from typer.testing import CliRunner

from api.cli.main import app
from api.web.api_pages import BOTH_LANGUAGES
from tests.fixtures.bank import Provider
from tests.fixtures.description import description

DESCRIPTION = description()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give method, path and description of each operation."""
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def examples_of(method: str, path: str) -> list[Any]:
    """Give the example bodies of an operation."""
    body = DESCRIPTION["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]
    return [example["value"] for example in body["examples"].values()]


def test_the_description_is_a_valid_openapi_document() -> None:
    """By a validator that we did not write."""
    OpenAPIV31SpecValidator(DESCRIPTION).validate()


def test_the_command_line_prints_it_without_a_bank() -> None:
    """What makes clients of it need not ask a running bank."""
    assert json.loads(CliRunner().invoke(app, ["openapi"]).stdout) == DESCRIPTION


def test_every_operation_is_described_and_may_answer_with_a_problem() -> None:
    """Nothing is left to be guessed."""
    for method, path, operation in operations():
        assert operation["description"], (method, path)
        assert operation["tags"], (method, path)
        problem = operation["responses"]["4XX"]["content"]
        assert list(problem) == ["application/problem+json"], (method, path)


def test_every_json_body_has_an_example() -> None:
    """Somebody will copy it."""
    for method, path, operation in operations():
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            assert content["application/json"].get("examples"), (method, path)


@pytest.mark.parametrize("example", examples_of("POST", "/api/v1/outcomes"))
def test_the_bank_records_the_example_results(
    example: dict[str, Any], client: TestClient, provider: Provider
) -> None:
    """As they are printed."""
    answer = client.post("/api/v1/outcomes", json=example, headers=provider.headers)
    assert answer.status_code == 201, answer.text


def test_the_bank_takes_the_examples_of_changes_and_accounts(
    client: TestClient, provider: Provider, administrator: dict[str, str]
) -> None:
    """As they are printed."""
    result = examples_of("POST", "/api/v1/outcomes")[0]
    for kind in ("correction", "revocation"):
        for example in examples_of("POST", f"/api/v1/outcomes/{{outcome_id}}/{kind}"):
            learner = {"learner": f"{kind}-{example.get('status')}"}
            outcome = client.post(
                "/api/v1/outcomes", json=result | learner, headers=provider.headers
            ).json()
            path = f"/api/v1/outcomes/{outcome['id']}/{kind}"
            answer = client.post(path, json=example, headers=provider.headers)
            assert answer.status_code == 201, answer.text
    by_institution, by_citizen = examples_of("POST", "/api/v1/accounts")
    opened = [
        client.post("/api/v1/accounts", json=by_institution, headers=provider.headers),
        client.post("/api/v1/accounts", json=by_citizen),
    ]
    (institution,) = examples_of("POST", "/api/v1/institutions")
    opened.append(client.post("/api/v1/institutions", json=institution, headers=administrator))
    assert [answer.status_code for answer in opened] == [201] * 3


@pytest.mark.parametrize(("language", "words"), [("zh", "按姓名开户"), ("en", "An account opened")])
def test_the_description_is_a_page_that_loads_nothing_from_elsewhere(
    client: TestClient, language: str, words: str
) -> None:
    """Every operation stands on it, with its examples, in the language of its reader."""
    page = client.get("/docs", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert words in page.text
    text = page.text.replace("<wbr>", "")
    for method, path, _ in operations():
        assert text.count(f"<code>{method} {path}</code>") == 2  # in the contents, and its own
    assert "示例学习者" in page.text
    assert all(f'lang="{one}"' in page.text for one in ("zh-CN", "en"))  # A refusal, in each.
    scripts = page.text.count('<script defer src="/static/')
    assert page.text.count("<script") == scripts
    assert 'src="http' not in page.text


def test_every_example_says_in_both_languages_what_it_is_of() -> None:
    """The page shows the half that its reader understands."""
    bodies = [operation.get("requestBody", {}) for _, _, operation in operations()]
    contents = [content for body in bodies for content in body.get("content", {}).values()]
    said = [one["summary"] for it in contents for one in it.get("examples", {}).values()]
    assert [summary for summary in said if not BOTH_LANGUAGES.fullmatch(summary)] == []
    assert len(said) > 100
