"""Statements of a learning system become outcomes once, by what is declared and catalogued."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fixtures.bank import Provider
from tests.fixtures.imports import TableCounts

URL = "/api/v1/xapi"
HOME = "https://moodle.example.edu"
SOURCE = {
    "format": "creditbank/xapi-source/v1",
    "home_page": HOME,
    "activities": {f"{HOME}/course/view.php?id=7": "BBB"},
    "terms": [{"term": "2024春", "first_day": "2024-02-01", "last_day": "2024-07-31"}],
    "result": "合格",
}


def statement(number: int, learner: str = "20230001", **changes: Any) -> dict[str, Any]:
    """A course completed, as Moodle sends it: neither result nor credits."""
    return {
        "id": f"6f1a9a52-1f0e-4d38-9c0b-6d1f7d9b{number:04}",
        "actor": {"account": {"homePage": HOME, "name": learner}},
        "verb": {"id": "http://id.tincanapi.com/verb/completed"},
        "object": {"id": f"{HOME}/course/view.php?id=7"},
        "timestamp": "2024-06-30T09:00:00+08:00",
        **changes,
    }


def void(number: int, target: int) -> dict[str, Any]:
    """A statement that another was an error."""
    return statement(
        number,
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": statement(target)["id"]},
    )


class Sender:
    """A learning system with the provider's key."""

    def __init__(self, client: TestClient, provider: Provider) -> None:
        self._client = client
        self._headers = {**provider.headers, "X-Experience-API-Version": "1.0.3"}
        declared = client.put(f"{URL}/sources", json=SOURCE, headers=provider.headers)
        assert declared.status_code == 204, declared.text

    def send(self, body: Any, **headers: str) -> Any:
        """Send statements."""
        return self._client.post(
            f"{URL}/statements", json=body, headers={**self._headers, **headers}
        )

    def outcomes(self) -> list[Any]:
        """Give what the provider has posted."""
        answer = self._client.get("/api/v1/outcomes", headers=self._headers)
        return [one for line in answer.iter_lines() if (one := json.loads(line))]


@pytest.fixture
def sender(client: TestClient, provider: Provider) -> Sender:
    """A declared learning system."""
    return Sender(client, provider)


def test_a_completed_course_is_recorded_with_what_the_catalogue_says(sender: Sender) -> None:
    """The answer is the statement's id; the credits are the course's own."""
    answer = sender.send(statement(1))
    assert (answer.status_code, answer.json()) == (200, [statement(1)["id"]])
    assert answer.headers["X-Experience-API-Version"] == "2.0.0"
    (outcome,) = sender.outcomes()
    stated = outcome["stated"]
    assert stated["result"] == "合格"
    assert stated["term"] == "2024春"
    assert stated["awarded_on"] == "2024-06-30"
    assert stated["credits"]


def test_the_same_statement_again_changes_nothing_and_another_of_its_id_is_refused(
    sender: Sender, table_counts: TableCounts
) -> None:
    """Learning systems send again whatever they are not sure of."""
    assert sender.send([statement(1), statement(2, "20230002")]).status_code == 200
    before = table_counts()
    again = sender.send([statement(1), {**statement(2, "20230002"), "stored": "2024"}])
    assert again.status_code == 200
    other = sender.send(statement(1, timestamp="2024-06-29T09:00:00+08:00"))
    assert (other.status_code, other.json()["code"]) == (409, "statement-conflict")
    assert table_counts() == before


def test_a_voided_statement_takes_its_outcome_back_once(sender: Sender) -> None:
    """No fault of the holder: the outcome is void, and the right one can be sent."""
    assert sender.send([statement(1), void(2, target=1)]).status_code == 200
    assert [one["status"] for one in sender.outcomes()] == ["void"]
    assert sender.send(void(2, target=1)).status_code == 200
    assert sender.send(statement(3)).status_code == 200
    assert [one["status"] for one in sender.outcomes()] == ["void", "active"]
    unknown = sender.send(void(5, target=4))
    assert unknown.json()["errors"][0]["code"] == "statement-unknown"


def test_a_failed_course_is_no_outcome(sender: Sender) -> None:
    """The statement is kept, so that the same one again is known; it can be voided too."""
    failed = statement(1, verb={"id": "http://adlnet.gov/expapi/verbs/failed"})
    assert sender.send([failed, failed, void(2, target=1)]).status_code == 200
    assert sender.outcomes() == []


def test_what_cannot_be_taken_is_named_in_both_languages_and_nothing_of_the_request_is(
    sender: Sender, table_counts: TableCounts
) -> None:
    """Whichever statement is wrong, none is recorded."""
    before = table_counts()
    wrong = statement(2, actor={"mbox": "mailto:learner@example.com"})
    for language, words in (("en", "homePage and name"), ("zh", "不接受邮箱")):
        answer = sender.send([statement(1), wrong], **{"Accept-Language": language})
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == ("1.actor.account", "actor-account-missing")
        assert words in error["detail"]
    unknown = statement(3, object={"id": f"{HOME}/course/view.php?id=8"})
    assert sender.send(unknown).json()["errors"][0]["field"] == "object.id"
    version = sender.send(statement(1), **{"X-Experience-API-Version": "0.9"})
    assert version.json()["errors"][0]["code"] == "xapi-version-unknown"
    many = sender.send([statement(number) for number in range(101)])
    assert (many.status_code, many.json()["code"]) == (413, "statements-too-many")
    for body in ("x", [1], [[]]):
        assert sender.send(body).status_code in {400, 422}
    assert table_counts() == before


def test_a_source_that_does_not_fit_is_refused_and_the_newest_one_counts(
    client: TestClient, provider: Provider, sender: Sender
) -> None:
    """A provider reads back what it declared; others do not see it."""
    for wrong in ({"terms": 1}, {"activities": {}}, {"more": "x"}, {"result": "a\0b"}):
        answer = client.put(f"{URL}/sources", json={**SOURCE, **wrong}, headers=provider.headers)
        assert answer.status_code == 422, wrong
    newer = {**SOURCE, "result": "通过"}
    assert client.put(f"{URL}/sources", json=newer, headers=provider.headers).status_code == 204
    (read,) = client.get(f"{URL}/sources", headers=provider.headers).json()
    assert read["result"] == "通过"
    assert sender.send(statement(1)).status_code == 200
    assert [one["stated"]["result"] for one in sender.outcomes()] == ["通过"]


def test_which_versions_are_taken_is_public(client: TestClient) -> None:
    """A learning system asks before it sends."""
    answer = client.get(f"{URL}/about")
    assert (answer.status_code, answer.json()) == (200, {"version": ["1.0.3", "2.0.0"]})
