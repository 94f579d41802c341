"""A corrected outcome that gives the same keeps what was applied of it, and what persons found."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.filing import Finding
from creditbank.credits.examine import examine_opened
from creditbank.credits.queries import find_conversions
from creditbank.credits.reviews import find_reviews
from creditbank.credits.show import get_conversion
from tests.fixtures.applying import School
from tests.fixtures.enrolled import is_sound
from tests.fixtures.filings import PLAIN, Persons
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import CERTIFICATE, Recognition

DAY = {"course": "DG-3", "result": "合格", "awarded_on": "2024-11-21", "reason": "日期录错"}


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job leaves reviews to the test."""
    monkeypatch.setattr("creditbank.jobs.batch_worker.examine_opened", lambda _: None)


def correct(client: TestClient, headers: dict[str, str], outcome: str, **fields: Any) -> str:
    """Correct the day of a certificate; gives the outcome that stands now."""
    path = f"/api/v1/outcomes/{outcome}/correction"
    answer = client.post(path, json={**DAY, **fields}, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_what_was_applied_is_applied_again_beside_what_others_leave(school: School) -> None:
    """36 of 40 are applied and stay so: what is made anew does not stand in its own way."""
    made = school.convert("big")
    certificate = {"series": "big", "number": "示例-big"}
    correct(school.client, school.headers, made["outcome"], term="2025big", certificate=certificate)
    examine_opened(school.recognition.bank)

    assert school.totals() == ("36", "36", "0")
    (first, second) = [subject for kind, subject in school.messages()]
    assert first == made["applied"][0]["id"]
    assert school.enter(second).status_code == 201
    assert school.totals() == ("36", "36", "36")
    assert is_sound(school.recognition)


def test_what_a_person_found_holds_for_the_corrected_outcome(
    client: TestClient, bank: Bank, recognition: Recognition, citizen: Citizen
) -> None:
    """The rule does not know the grade still, and she found it enough already."""
    persons = Persons(recognition)
    persons.publish("weighed", workflow=PLAIN)
    grade = {"grade": "良", "grade_scale": "none"}
    outcome = recognition.certificate("", account_number=citizen.account_number, **grade)
    key = bank.keystore.get([citizen.id])[citizen.id]
    filing = persons.file(key, "weighed", outcome, "DQ-1")
    found = Finding(outcome=outcome, code="grade-scale-not-listed", is_met=True)
    decided = persons.act(filing, key, persons.hire(Role.CHECKER), found=found)

    api_key = bank.writer.write(IssueApiKey(institution_id=recognition.school)).answer
    headers = {"Authorization": f"Bearer {api_key}"}
    certificate = {
        "series": CERTIFICATE["certificate_series"],
        "number": CERTIFICATE["certificate_number"],
    }
    now = correct(client, headers, outcome, term="2025春", certificate=certificate, **grade)
    examine_opened(bank)

    old = str(decided.conversion_id)
    with bank.readers.reading() as connection:
        new = str(find_reviews(connection, [old])[old].replaced_by)
        assert find_conversions(connection, [old])[old].status == "reversed"
        opened = get_conversion(connection, key, new)
    assert [one.outcome for one in opened.filing.findings] == [now]
    assert str(opened.decision.credits) == "3"
    assert is_sound(recognition)
