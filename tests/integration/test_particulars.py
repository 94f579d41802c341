"""What a result may state beyond the plain one, and what is wrong with it when it is wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT, Citizen

CERTIFICATE = {"series": "电工", "number": "A-1"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"awarded_by": [{"name": "某校"}]}, "awarding_body"),
    ({"awarded_by": [{"institution": "inst-0", "name": "某校"}]}, "awarding_body"),
    ({"awarded_by": [{"name": "甲"}, {"name": "甲", "role": "assisting"}]}, "awarding_body"),
    ({"awarded_by": [{"name": "甲", "role": "owner"}]}, "awarding_role"),
    ({"received_on": "2014-09-22"}, "received_on"),
    ({"received_on": "2999-01-01"}, "received_on"),
    ({"received_on": "2014"}, "received_on"),
    ({"minutes_attended": 0}, "minutes_attended"),
    ({"assurance": "declared"}, "assurance"),
    ({"attestation": "archive"}, "attestation"),
    ({"attestation": "original"}, "attestation"),
    (
        {"certificate": {**CERTIFICATE, "valid_from": "2015", "valid_until": "2014-12"}},
        "certificate_valid_until",
    ),
    ({"certificate": {**CERTIFICATE, "renews": CERTIFICATE}}, "renews_number"),
    ({"certificate": {**CERTIFICATE, "valid_until": "2014-02-30"}}, "certificate_valid_until"),
]


@pytest.fixture
def post(client: TestClient, provider: Provider, citizen: Citizen) -> Callable[..., Any]:
    """Post a result of the citizen; gives the answer."""

    def act(language: str = "en", **changes: Any) -> Any:
        body = {**RESULT, "learner": {"account_number": citizen.account_number}, **changes}
        headers = {**provider.headers, "Accept-Language": language}
        return client.post("/api/v1/outcomes", json=body, headers=headers)

    return act


def test_what_is_not_stated_appears_nowhere_and_what_is_stated_is_shown_as_it_was(
    post: Callable[..., Any], client: TestClient, provider: Provider
) -> None:
    """A plain result is as short as it was."""
    plain = post().json()["id"]
    full = post(
        term="2014J",
        received_on="2014-10-08",
        minutes_attended=1800,
        assurance="supervised",
        grade="通过",
        grade_scale="none",
        certificate={**CERTIFICATE, "valid_from": "2014-10", "valid_until": "2017-09-30"},
    ).json()["id"]

    def shown(outcome: str) -> dict[str, Any]:
        answer = client.get(f"/api/v1/outcomes/{outcome}", headers=provider.headers)
        fields: dict[str, Any] = answer.json()["stated"]
        return fields

    more = {
        "received_on": "2014-10-08",
        "minutes_attended": 1800,
        "assurance": "supervised",
        "certificate_series": "电工",
        "certificate_number": "A-1",
        "valid_from": "2014-10",
        "valid_until": "2017-09-30",
    }
    changed = {"term": "2014J", "grade": "通过", "grade_scale": "none"}
    first = shown(plain)
    assert first.pop("grade_value") == "81.5"  # A grade in words has no exact value.
    assert shown(full) == {**first, **more, **changed}


def test_minutes_attended_alone_are_something_earned(post: Callable[..., Any]) -> None:
    """A morning at a museum has neither credits nor class hours, and nothing is derived."""
    assert post(credits=None, grade=None, grade_scale=None, minutes_attended=90).status_code == 201


def test_each_wrong_particular_is_named_in_both_languages_and_nothing_is_recorded(
    post: Callable[..., Any], bank: Bank
) -> None:
    """With the remedy."""
    for wrong, field in WRONG:
        said = set()
        for language in ("en", "zh"):
            answer = post(language, **wrong)
            assert answer.status_code == 422, answer.text
            (problem,) = answer.json()["errors"]
            assert problem["field"] == field, wrong
            said.add(problem["detail"])
        assert len(said) == 2
    with bank.readers.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outcome").scalar() == 0
