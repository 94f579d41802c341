"""What a citizen lacks in her enrolment, and which outcome would complete it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from tests.fixtures.enrolled import enrol, rule
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.terminal import Terminal

OPPORTUNITIES = "/api/v1/opportunities"


@pytest.fixture
def enrolment(recognition: Recognition, citizen: Citizen) -> str:
    """The citizen's enrolment, for which a rule of the bank itself takes a certificate."""
    bank, document = recognition.bank, rule("once", "anywhere")
    assert bank.installation is not None
    draft = DraftRule(
        institution_id=bank.installation.institution_id,
        document=document,
        by=document.rule.author,
    )
    bank.writer.write(draft)
    bank.writer.write(PublishRule(document=document, by=document.rule.approver))
    key = bank.keystore.find_by_number(citizen.account_number)
    assert key is not None
    return enrol(recognition, key, "P1")


def test_what_is_lacking_is_told_until_it_is_had(
    client: TestClient,
    recognition: Recognition,
    citizen: Citizen,
    enrolment: str,
    terminal: Terminal,
) -> None:
    """A certificate would give six credits; once it is there and converted, six are covered."""

    def missing() -> Any:
        path = f"/api/v1/enrolments/{enrolment}/missing"
        return client.get(path, headers=citizen.headers).json()

    def opportunities() -> Any:
        asked = {"enrolment": enrolment}
        return client.get(OPPORTUNITIES, params=asked, headers=citizen.headers).json()

    assert missing()["total"] == {"required": "80", "covered": "0", "missing": "80"}
    told = opportunities()
    (only,) = told["opportunities"]
    assert (told["proposed"], told["is_whole"], only["credits"]) == ("0", True, "6")
    assert [one["target"] for one in only["fills"]] == ["DQ-1", "DQ-2"]
    assert only["new"][0]["asks"] == [{"classes": ["vocational"], "certificate_series": ["电工"]}]
    at_counter = ("--account", citizen.account_number, "--enrolment", enrolment)
    said = terminal.answer("conversions", "opportunities", *at_counter, typed=())
    assert said["opportunities"][0]["credits"] == "6"

    recognition.certificate("", account_number=citizen.account_number)
    told = opportunities()
    assert (told["proposed"], told["opportunities"]) == ("6", [])
    params = {"enrolment": enrolment}
    proposals = client.get("/api/v1/proposals", params=params, headers=citizen.headers).json()
    for step in proposals["proposals"][0]["steps"]:
        body = {name: step[name] for name in ("rule", "outcomes", "targets", "enrolment")}
        made = client.post("/api/v1/conversions", json=body, headers=citizen.headers)
        assert made.status_code == 201, made.text
    after = missing()
    assert after["total"] == {"required": "80", "covered": "6", "missing": "74"}
    assert [one["missing"] for one in after["slots"]] == ["0", "0", "2", "8"]
    said = terminal.answer("conversions", "missing", *at_counter, typed=())
    assert (said["covered"], said["slots"][2]["missing"]) == ("6", "2")


def test_an_enrolment_of_another_is_unknown(
    client: TestClient, recognition: Recognition, citizen: Citizen
) -> None:
    """To both questions alike."""
    recognition.certificate()
    other = enrol(recognition, recognition.key(), "P1")
    for path in (f"{OPPORTUNITIES}?enrolment={other}", f"/api/v1/enrolments/{other}/missing"):
        answer = client.get(path, headers=citizen.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "enrolment-unknown")
