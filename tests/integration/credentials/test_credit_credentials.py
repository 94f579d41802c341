"""Credit that a school entered has a credential of its own, which ends with the credit."""

from typing import Any

from certificates.open_badge import ledger_evidence_of
from tests.fixtures.applying import School
from tests.fixtures.enrolled import is_sound
from tests.fixtures.lived_credentials import set_in


def ask(school: School, application: str) -> Any:
    """Ask for the credential of applied credit."""
    body = {"application": application}
    return school.client.post("/api/v1/credentials", json=body, headers=school.citizen.headers)


def bits(school: School, family: str) -> frozenset[int]:
    """Give the places that are set."""
    with school.recognition.bank.readers.reading() as connection:
        return set_in(connection, family)


def test_entered_credit_is_certified_place_by_place_and_ends_when_it_is_taken_back(
    school: School,
) -> None:
    """Before the school enters it there is no credential; a reversal sets its bit."""
    made = school.convert("big")
    (applied,) = made["applied"]
    early = ask(school, applied["id"]).json()
    assert early["code"] == "application-not-entered"
    school.enter(applied["id"])
    answer = ask(school, applied["id"])
    assert answer.status_code == 201, answer.text
    path = answer.json()["url"].removeprefix("http://bank.test")
    document = school.client.get(path).json()
    subject = document["credentialSubject"]
    assert subject["achievement"]["name"] == "认定学分：现代物流"
    names = [one["name"] for one in subject["achievement"]["resultDescription"]]
    values = [one["value"] for one in subject["result"]]
    assert dict(zip(names[1:], values[1:], strict=True)) == {"BIG": "36"}
    assert subject["creditsEarned"] == 36
    evidence = ledger_evidence_of(document)
    assert evidence is not None
    assert evidence.index == applied["entry_index"]
    place = int(document["credentialStatus"][0]["statusListIndex"])
    assert place not in bits(school, "revocation")
    reason = {"status": "void", "reason": "录错"}
    voided = school.client.post(
        f"/api/v1/outcomes/{made['outcome']}/revocation", json=reason, headers=school.headers
    )
    assert voided.status_code == 201
    assert place in bits(school, "revocation")
    assert is_sound(school.recognition)


def test_credit_from_a_suspended_outcome_is_suspended_too(school: School) -> None:
    """Its bit falls again when the suspension is lifted."""
    made = school.convert("big")
    application = made["applied"][0]["id"]
    school.enter(application)
    assert ask(school, application).status_code == 201
    for what, count in (("suspension", 1), ("suspension/end", 0)):
        path = f"/api/v1/outcomes/{made['outcome']}/{what}"
        answer = school.client.post(path, json={"reason": "复核"}, headers=school.headers)
        assert answer.status_code == 201
        assert len(bits(school, "suspension")) == count


def test_either_an_outcome_or_credit_is_named(school: School) -> None:
    """Neither and both are refused, at the field."""
    for body in ({}, {"outcome": "x", "application": "y"}):
        answer = school.client.post(
            "/api/v1/credentials", json=body, headers=school.citizen.headers
        )
        assert answer.json()["errors"][0]["code"] == "outcome-or-application"
    assert ask(school, "x").json()["code"] == "not-found"
