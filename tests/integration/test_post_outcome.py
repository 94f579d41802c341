"""A provider posts one result and gets a receipt that proves it."""

from typing import Any

from fastapi.testclient import TestClient

from creditbank.bank import Bank
from ledger.read import read_leaf
from ledger.receipt import verify_receipt
from tests.fixtures.bank import Provider

RESULT: dict[str, Any] = {
    "learner": "20230001",
    "course": "BBB",
    "term": "2014B",
    "result": "Pass",
    "grade": "81.5",
    "grade_scale": "percent",
    "credits": "30",
    "awarded_on": "2014-09-23",
}


def test_posting_a_result_answers_with_a_receipt_that_proves_it(
    client: TestClient, bank: Bank, provider: Provider
) -> None:
    """The receipt leads from the recorded leaf to a checkpoint that the log signed."""
    answer = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers)

    assert answer.status_code == 201
    posted = answer.json()
    with bank.readers.reading() as connection:
        leaf = read_leaf(connection, posted["entry"]["index"])
    checkpoint = verify_receipt(posted["receipt"], leaf, bank.verifier_keys)
    assert checkpoint.size > posted["entry"]["index"]
    assert posted["duplicate"] is False


def test_posting_the_same_result_again_answers_with_the_first_entry(
    client: TestClient, provider: Provider
) -> None:
    """A repetition changes nothing and says so."""
    first = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers).json()
    again = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers)

    assert again.status_code == 200
    assert again.json()["duplicate"] is True
    assert again.json()["id"] == first["id"]
    assert again.json()["entry"] == first["entry"]


def test_posting_other_content_for_the_same_result_is_a_conflict_that_names_the_fields(
    client: TestClient, provider: Provider
) -> None:
    """Re-posting never overwrites."""
    client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers)
    other = {**RESULT, "grade": "82", "result": "Distinction"}
    answer = client.post("/api/v1/outcomes", json=other, headers=provider.headers)

    assert answer.status_code == 409
    assert answer.json()["code"] == "outcome-conflict"
    assert "grade" in answer.json()["detail"]
    assert "result" in answer.json()["detail"]
