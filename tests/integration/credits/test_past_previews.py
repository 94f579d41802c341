"""What a request would have got, filed on one day, by what was known on another."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank, open_bank
from creditbank.conversion.days import civil_day
from creditbank.credits.as_known import preview_as_known
from creditbank.credits.reverse import RevokeOutcome
from creditbank.errors import Refusal
from creditbank.outcomes.revoke import Revocation
from creditbank.settings import Settings
from tests.fixtures.clocks import Clock
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition

FIRST = datetime(2097, 3, 1, 2, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    """The bank's clock."""
    return Clock(FIRST)


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank with that clock."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


def test_the_past_is_answered_by_what_the_ledger_held_on_that_day(
    recognition: Recognition, clock: Clock
) -> None:
    """Posted on the first day, converted on the third, revoked on the fifth."""
    bank = recognition.bank
    recognition.hours("1", "2024春")
    key = recognition.key(recognition.centre)
    outcome = recognition.hours("100", "2025春")
    clock.now = FIRST + timedelta(days=2)
    recognition.recognise(key, "class-hours", [outcome])
    clock.now = FIRST + timedelta(days=4)
    revocation = Revocation(
        institution_id=recognition.centre,
        posted_with=COMMAND_LINE,
        outcome_id=outcome,
        key=key,
        status="void",
        reason="录入错误",
    )
    bank.writer.write(RevokeOutcome(revocation))
    clock.now = FIRST + timedelta(days=6)
    today = civil_day(bank.clock())

    def asked(known_on: date) -> tuple[str, set[str]]:
        command = recognition.command(key, "class-hours", [outcome], received_on=today)
        with bank.readers.reading() as connection:
            judged = preview_as_known(connection, command, today, known_on)
        failures = {line.code.value for line in judged.judgement.failures}
        return str(judged.judgement.credits), failures

    days = [civil_day(FIRST) + timedelta(days=number) for number in range(5)]
    assert [asked(day)[0] for day in days] == ["6", "6", "0", "0", "0"]
    assert "status-not-active" not in asked(days[3])[1]
    assert "status-not-active" in asked(days[4])[1]
    with pytest.raises(Refusal, match="rule-unknown"):
        asked(days[0] - timedelta(days=1))


@pytest.mark.parametrize("field", ["filed_on", "known_on"])
@pytest.mark.parametrize(
    ("day", "code"), [("2097-03-02", "date-in-future"), ("gestern", "date-unreadable")]
)
def test_a_day_to_come_and_what_is_no_day_are_refused(
    client: TestClient, recognition: Recognition, citizen: Citizen, field: str, day: str, code: str
) -> None:
    """The field is named; a day that is past is answered."""
    hours = recognition.hours("16", "2025春", account_number=citizen.account_number)
    body = {"rule": "class-hours", "outcomes": [hours], field: day}
    answer = client.post("/api/v1/conversions/preview", json=body, headers=citizen.headers)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
    past = {**body, field: "2097-03-01"}
    given = client.post("/api/v1/conversions/preview", json=past, headers=citizen.headers).json()
    assert (given["credits"], given["filed_on"]) == ("1", "2097-03-01")
