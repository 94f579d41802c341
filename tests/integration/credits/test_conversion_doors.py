"""A citizen sees what a rule would give, confirms it, and reads the decision in words."""

import hashlib
from typing import Any

import pytest
import rfc8785
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from ledger.read import read_leaf
from ledger.receipt import verify_receipt
from tests.fixtures.enrolled import enrol, rule
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition

CONVERSIONS = "/api/v1/conversions"


@pytest.fixture
def asked(recognition: Recognition, citizen: Citizen) -> dict[str, Any]:
    """A request of the citizen: her certificate for two courses."""
    outcome = recognition.certificate("", account_number=citizen.account_number)
    return {
        "rule": "certificate-courses",
        "outcomes": [outcome],
        "targets": ["DG-101", "DG-102"],
    }


def test_a_citizen_previews_converts_and_reads_her_conversion(
    client: TestClient, bank: Bank, citizen: Citizen, asked: dict[str, Any]
) -> None:
    """Each answer says the same decision; the receipt proves the leaf; the total follows."""
    seen = client.post(f"{CONVERSIONS}/preview", json=asked, headers=citizen.headers)
    made = client.post(CONVERSIONS, json=asked, headers=citizen.headers)
    read = client.get(f"{CONVERSIONS}/{made.json()['id']}", headers=citizen.headers)

    assert (seen.status_code, made.status_code, read.status_code) == (200, 201, 200)
    assert made.json()["credits"] == "4"
    assert made.json()["grants"] == [{"target": "DG-101", "credits": "4"}]
    assert made.json()["uses"] == [{"outcome": asked["outcomes"][0], "part": "all"}]
    assert made.json()["codes"] == ["cap-certificate-value"]
    assert seen.json().items() <= made.json().items()
    assert read.json()["trace"] == made.json()["trace"]
    with bank.readers.reading() as connection:
        leaf = read_leaf(connection, made.json()["entry"]["index"])
    verify_receipt(made.json()["receipt"], leaf, bank.verifier_keys)
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    assert totals["recognised"] == "4"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the certificate's value is 6: 4 + 4 would be more; granted 0"),
        ("zh", "证书学分值为 6：4 + 4 超出；认定 0"),
    ],
)
def test_every_line_of_a_trace_is_said_in_both_languages(
    client: TestClient, citizen: Citizen, asked: dict[str, Any], language: str, text: str
) -> None:
    """The arithmetic of the cap can be read, and no fact is left unfilled."""
    headers = {**citizen.headers, "Accept-Language": language}
    trace = client.post(f"{CONVERSIONS}/preview", json=asked, headers=headers).json()["trace"]
    assert trace[-1]["text"] == text
    assert trace[-1]["facts"]["limit_milli"] == 6_000
    assert all("{" not in line["text"] for line in trace)


def test_using_an_outcome_again_answers_409_with_the_entry_that_used_it(
    client: TestClient, citizen: Citizen, asked: dict[str, Any]
) -> None:
    """Every test that failed is listed with its words."""
    made = client.post(CONVERSIONS, json=asked, headers=citizen.headers).json()
    again = client.post(CONVERSIONS, json=asked, headers=citizen.headers)

    assert again.status_code == 409
    assert again.json()["code"] == "already-consumed"
    assert str(made["entry"]["index"]) in again.json()["detail"]
    assert [one["code"] for one in again.json()["errors"]] == [
        "already-consumed",
        "target-taken",
        "no-outcome-left",
    ]


def test_a_repetition_under_the_same_key_gets_the_first_answer(
    client: TestClient, citizen: Citizen, asked: dict[str, Any]
) -> None:
    """T8: a retry is no second use."""
    headers = {**citizen.headers, "Idempotency-Key": "once"}
    first = client.post(CONVERSIONS, json=asked, headers=headers)
    again = client.post(CONVERSIONS, json=asked, headers=headers)
    assert again.status_code == 200
    assert (again.json()["id"], again.json()["trace"]) == (
        first.json()["id"],
        first.json()["trace"],
    )


def test_a_conversion_is_shown_to_its_learner_alone(
    client: TestClient, citizen: Citizen, asked: dict[str, Any], make_citizen: Any
) -> None:
    """Another citizen finds nothing there; nobody converts without signing in."""
    made = client.post(CONVERSIONS, json=asked, headers=citizen.headers).json()
    other = make_citizen()
    assert client.get(f"{CONVERSIONS}/{made['id']}", headers=other.headers).status_code == 404
    assert client.get(f"{CONVERSIONS}/{made['id']}").status_code == 401
    stolen = client.post(CONVERSIONS, json=asked, headers=other.headers)
    assert stolen.json()["code"] == "conversion-outcomes-wrong"


def test_an_unknown_rule_is_named(
    client: TestClient, citizen: Citizen, asked: dict[str, Any]
) -> None:
    """And nothing is used."""
    wrong = {**asked, "rule": "no-such-rule"}
    answer = client.post(CONVERSIONS, json=wrong, headers=citizen.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "rule-unknown")


def test_published_rules_are_public_with_their_hash(
    client: TestClient, recognition: Recognition
) -> None:
    """Anybody recomputes the hash from the document, and finds the same bytes on the ledger."""
    rules = client.get("/api/v1/rules").json()["rules"]
    assert {one["id"] for one in rules} == set(recognition.rules)
    for one in rules:
        read = client.get(f"/api/v1/rules/{one['id']}/{one['version']}").json()
        content = rfc8785.dumps(read["document"])
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert client.get(f"/ledger/object/{one['sha256']}").content == content
    assert client.get("/api/v1/rules/class-hours/9").json()["code"] == "rule-unknown"


def test_a_citizen_is_proposed_the_best_conversions_of_her_enrolment(
    client: TestClient, recognition: Recognition, citizen: Citizen
) -> None:
    """What the first proposal says to ask for gives what it says, and then counts today."""
    recognition.publish(rule("once", "anywhere"))
    recognition.certificate("", account_number=citizen.account_number)
    key = recognition.bank.keystore.find_by_number(citizen.account_number)
    assert key is not None
    asked = {"enrolment": enrol(recognition, key, "P1")}
    seen = client.get("/api/v1/proposals", params=asked, headers=citizen.headers).json()
    best = seen["proposals"][0]
    assert (seen["programme"], seen["plan_version"]) == ("P1", "2024")
    assert (seen["today"]["credits"], best["applied"]["credits"]) == ("0", "6")
    assert best["is_proved"] is True
    for step in best["steps"]:
        body = {name: step[name] for name in ("rule", "outcomes", "targets", "enrolment")}
        made = client.post(CONVERSIONS, json=body, headers=citizen.headers)
        assert made.status_code == 201, made.text
    after = client.get("/api/v1/proposals", params=asked, headers=citizen.headers).json()
    assert after["today"] == best["applied"]
    assert [one["steps"] for one in after["proposals"]] == [[]]


def test_proposals_for_an_enrolment_of_another_are_refused(
    client: TestClient, recognition: Recognition, citizen: Citizen
) -> None:
    """It is as unknown as one that does not exist."""
    recognition.certificate()
    enrolment = enrol(recognition, recognition.key(), "P1")
    for named in (enrolment, "nothing"):
        asked = {"enrolment": named}
        answer = client.get("/api/v1/proposals", params=asked, headers=citizen.headers)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (
            422,
            "enrolment-unknown",
        )
