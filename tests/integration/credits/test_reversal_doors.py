"""Provider and learner both see that credit was reversed with the outcome it came from."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.bank import Bank
from ledger.leaf import decode
from ledger.read import read_leaf
from ledger.receipt import verify_receipt
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import CERTIFICATE, Recognition

REVOCATION = {"status": "revoked", "reason": "考试舞弊"}
CORRECTION = {
    "course": "DG-3",
    "term": "2025春",
    "result": "合格",
    "awarded_on": "2024-11-21",
    "certificate": {
        "series": CERTIFICATE["certificate_series"],
        "number": CERTIFICATE["certificate_number"],
    },
    "reason": "获得日期录入错误",
}
Change = Callable[..., Any]
Convert = Callable[[str], dict[str, Any]]


@pytest.fixture
def outcome(recognition: Recognition, citizen: Citizen) -> str:
    """A certificate of the citizen's."""
    return recognition.certificate("", account_number=citizen.account_number)


@pytest.fixture
def convert(client: TestClient, citizen: Citizen) -> Convert:
    """Have a certificate of the citizen's recognised for a course of 4 credits."""

    def ask(outcome_id: str) -> dict[str, Any]:
        body = {"rule": "certificate-courses", "outcomes": [outcome_id], "targets": ["DG-101"]}
        answer = client.post("/api/v1/conversions", json=body, headers=citizen.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return ask


@pytest.fixture
def change(client: TestClient, bank: Bank, recognition: Recognition) -> Change:
    """Correct or revoke as the school: `change("correction", outcome, body)`."""
    key = bank.writer.write(IssueApiKey(institution_id=recognition.school)).answer

    def act(kind: str, outcome_id: str, body: Mapping[str, Any], **headers: str) -> Any:
        path = f"/api/v1/outcomes/{outcome_id}/{kind}"
        return client.post(path, json=body, headers={"Authorization": f"Bearer {key}", **headers})

    return act


def recognised(client: TestClient, citizen: Citizen) -> str:
    """Give the citizen's recognised credits."""
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    return str(totals["recognised"])


def test_a_learner_reads_that_and_why_her_conversion_was_reversed(
    client: TestClient, bank: Bank, citizen: Citizen, outcome: str, convert: Convert, change: Change
) -> None:
    """T4: the decision stays readable, its credits do not count, a receipt proves the reversal."""
    made = convert(outcome)
    assert (made["status"], made["reversal"]) == ("recognised", None)
    assert recognised(client, citizen) == "4"

    answer = change("revocation", outcome, REVOCATION)

    assert answer.status_code == 201
    assert answer.json()["reversed"] == [made["id"]]
    assert recognised(client, citizen) == "0"
    read = client.get(f"/api/v1/conversions/{made['id']}", headers=citizen.headers).json()
    assert (read["status"], read["credits"]) == ("reversed", "4")
    reversal = read["reversal"]
    assert (reversal["outcome"], reversal["outcome_status"]) == (outcome, "revoked")
    with bank.readers.reading() as connection:
        leaf = read_leaf(connection, reversal["entry"]["index"])
    assert (decode(leaf)["t"], decode(leaf)["ref"]) == ("reverse", made["entry"]["index"])
    verify_receipt(reversal["receipt"], leaf, bank.verifier_keys)


@pytest.mark.parametrize(
    ("kind", "body", "named"),
    [("revocation", REVOCATION, "reversed"), ("correction", CORRECTION, "under_review")],
)
def test_a_retry_under_the_same_key_names_the_same_conversions(
    kind: str,
    body: Mapping[str, Any],
    named: str,
    outcome: str,
    convert: Convert,
    change: Change,
) -> None:
    """Whoever lost the answer learns what was reversed, or is reviewed."""
    made = convert(outcome)
    first, again = (change(kind, outcome, body, **{"Idempotency-Key": "once"}) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()[named] == again.json()[named] == [made["id"]]
    assert first.json()["entry"] == again.json()["entry"]


def test_a_second_revocation_answers_200_and_names_none(
    outcome: str, convert: Convert, change: Change
) -> None:
    """Nothing is left to take back."""
    convert(outcome)
    change("revocation", outcome, REVOCATION)
    again = change("revocation", outcome, REVOCATION)
    assert (again.status_code, again.json()["reversed"], again.json()["entry"]) == (200, [], None)


def test_an_outcome_that_was_never_converted_names_none(outcome: str, change: Change) -> None:
    """Its revocation is the only leaf."""
    assert change("revocation", outcome, REVOCATION).json()["reversed"] == []
