"""Whatever is wrong with a posted result is named with its remedy, and nothing is changed by it."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, TableCounts, settled
from tests.integration.test_post_outcome import RESULT

POST = "/api/v1/outcomes"
TOMORROW = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - a day later is in the future anywhere

NOBODY = {"account_number": "1111111111111111"}

BAD_RESULTS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("credits as a number", {"credits": 30}, "credits", "type-text"),
    ("credits as false", {"credits": False}, "credits", "type-text"),
    ("an attempt as text", {"attempt": "1"}, "attempt", "type-integer"),
    ("an attempt in parts", {"attempt": 1.5}, "attempt", "type-integer"),
    ("an attempt of zero", {"attempt": 0}, "attempt", "attempt-unreadable"),
    ("a learner as a number", {"learner": 20230001}, "learner", "type-object"),
    ("no learner", {"learner": {}}, "learner", "learner-missing"),
    ("an unknown field", {"credit": "30"}, "credit", "field-unknown"),
    ("an unknown field within", {"learner": {"sex": "F"}}, "learner.sex", "field-unknown"),
    ("an impossible day", {"awarded_on": "2023-02-30"}, "awarded_on", "date-impossible"),
    ("an unreadable day", {"awarded_on": "30.6.2014"}, "awarded_on", "date-unreadable"),
    ("a day to come", {"awarded_on": TOMORROW}, "awarded_on", "date-in-future"),
    ("negative credits", {"credits": "-3"}, "credits", "amount-negative"),
    ("a part of the quantum", {"credits": "0.25"}, "credits", "amount-not-multiple"),
    ("credits that are too fine", {"credits": "0.0001"}, "credits", "amount-too-fine"),
    ("an infinite amount", {"hours": "NaN"}, "hours", "amount-unreadable"),
    ("an unknown course", {"course": "XXX"}, "course", "course-unknown"),
    ("an unknown version", {"course_version": "9"}, "course_version", "course-unknown"),
    ("a grade off its scale", {"grade": "101"}, "grade", "grade-out-of-range"),
    ("an unknown scale", {"grade_scale": "stars"}, "grade_scale", "grade-scale-unknown"),
    ("an unknown account", {"learner": NOBODY}, "account_number", "account-unknown"),
    ("a control character", {"term": "2014\u0000B"}, "term", "text-control-character"),
    ("nothing earned", {"credits": None}, "credits", "amount-missing"),
)


def test_a_wrong_result_is_refused_by_field(
    client: TestClient, provider: Provider, table_counts: TableCounts, subtests: pytest.Subtests
) -> None:
    """Each problem names the field, in the reader's language, and leaves no trace."""
    before = table_counts()
    for name, wrong, field, code in BAD_RESULTS:
        with subtests.test(name):
            answer = client.post(POST, json={**RESULT, **wrong}, headers=provider.headers)
            _check(answer, field, code)
            told = client.post(
                POST,
                json={**RESULT, **wrong},
                headers={**provider.headers, "Accept-Language": "zh-CN"},
            ).json()
            assert _is_chinese(told["title"])
            assert _is_chinese(told["errors"][0]["detail"])
    assert table_counts() == before


def test_the_same_wrong_results_in_a_file_are_refused_by_row(
    client: TestClient, provider: Provider, table_counts: TableCounts, subtests: pytest.Subtests
) -> None:
    """A line of NDJSON is judged as a body is; only the batch itself is stored."""
    flat = {name: value for name, value in RESULT.items() if isinstance(value, str)}
    cases = [
        one
        for one in BAD_RESULTS
        if "learner" not in one[1] and one[1] != {"attempt": "1"}  # A file has text alone.
    ]
    lines = [{**flat, **wrong} for _, wrong, _, _ in cases]
    before = table_counts()
    started = client.post(
        URL,
        content="\n".join(json.dumps(line) for line in lines),
        headers={**provider.headers, "Content-Type": "application/x-ndjson"},
    )
    assert started.status_code == 202, started.text
    batch = settled(client, started.json()["id"], provider.headers)
    assert batch["counts"]["rejected"] == len(cases)
    assert batch["counts"]["rows"] == len(cases)
    report = client.get(f"{URL}/{batch['id']}/rejected", headers=provider.headers).text
    for (name, _, field, _), line in zip(cases, report.splitlines()[1:], strict=True):
        with subtests.test(name):
            assert field in line
    after = table_counts()
    assert after["0 outcome"] == before["0 outcome"]
    assert after["0 account"] == before["0 account"]
    assert after["1 lookup_tag"] == before["1 lookup_tag"]


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "streamed"])
def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(
    client: TestClient, provider: Provider, table_counts: TableCounts, *, is_declared: bool
) -> None:
    """Of what declares no length, at most a little more than the bound is taken."""
    before, taken = table_counts(), 0

    def body() -> Iterator[bytes]:
        nonlocal taken
        while taken < 10 << 20:
            taken += 1 << 16
            yield b" " * (1 << 16)

    length = {"Content-Length": str(10 << 20)} if is_declared else {}
    headers = {**provider.headers, "Content-Type": "application/json", **length}
    answer = client.post(POST, content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert table_counts() == before


def test_what_is_another_institutions_is_not_found(
    client: TestClient, make_provider: Callable[[str], Provider]
) -> None:
    """Neither its outcomes nor its batches nor its courses are shown or used."""
    own, other = make_provider("开放大学"), make_provider("职业学院")
    outcome = client.post(POST, json=RESULT, headers=own.headers).json()["id"]
    started = client.post(
        URL,
        content="learner,course,term,result,credits,awarded_on\n",
        headers={**own.headers, "Content-Type": "text/csv"},
    ).json()["id"]
    for path in (
        f"{POST}/{outcome}",
        f"{POST}/{outcome}/receipt",
        f"{URL}/{started}",
        f"{URL}/{started}/rejected",
        f"{URL}/{started}/receipts",
    ):
        assert client.get(path, headers=other.headers).json()["code"] == "not-found", path
        assert client.get(path).json()["code"] == "unauthenticated", path


def _check(answer: Any, field: str, code: str) -> None:
    problem = answer.json()
    assert answer.status_code == 422, problem
    assert answer.headers["content-type"] == "application/problem+json"
    told = {one["field"]: one for one in problem["errors"]}
    assert told[field]["code"] == code, problem


def _is_chinese(words: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in words)
