"""The clock of a matter counts the working days of this bank's own calendar."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank, open_bank
from creditbank.conversion.days import civil_day
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import Clock
from tests.fixtures.people import Citizen, sign_in

ME = "/api/v1/accounts/me"
BEFORE_THE_HOLIDAY = datetime(2026, 9, 29, 1, tzinfo=UTC)
"""A Tuesday; National Day 国庆节 is from 1 to 7 October 2026, and Saturday the 10th is worked."""


@pytest.fixture
def clock() -> Clock:
    """The bank's clock."""
    return Clock(BEFORE_THE_HOLIDAY)


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank on the eve of a holiday."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


def report(client: TestClient, citizen: Citizen, provider: Provider) -> Any:
    """Report a missing result; gives the matter as she sees it."""
    body = {
        "kind": "missing_result",
        "institution": provider.institution,
        "course": "BBB",
        "term": "2014B",
        "text": "未见成绩",
    }
    filed = client.post(f"{ME}/matters", json=body, headers=citizen.headers)
    assert filed.status_code == 201, filed.text
    matters = client.get(f"{ME}/matters", headers=citizen.headers).json()["matters"]
    return next(one for one in matters if one["id"] == filed.json()["id"])


def test_ten_working_days_pass_over_a_holiday_and_count_a_worked_saturday(
    client: TestClient, citizen: Citizen, provider: Provider
) -> None:
    """30 September, then 8, 9, 10 and 12 to 16 October, and 19."""
    matter = report(client, citizen, provider)
    assert (matter["received_on"], matter["due_on"]) == ("2026-09-29", "2026-10-19")


def test_what_was_returned_over_a_holiday_has_the_working_days_that_it_had_left(
    client: TestClient,
    citizen: Citizen,
    provider: Provider,
    clock: Clock,
    make_staff: Any,
) -> None:
    """Returned with nine days left; answered on Thursday 8 October, the first day of work."""
    matter = report(client, citizen, provider)
    clock.now += timedelta(days=1)
    staff = make_staff(provider.institution, Role.CHECKER)
    back = {"decision": "returned", "text": "请补充"}
    client.post(f"/api/v1/matters/{matter['id']}/decision", json=back, headers=staff)
    clock.now += timedelta(days=8)
    path = f"{ME}/matters/{matter['id']}/answer"
    token = sign_in(client, citizen.account_number)  # The first one is over by now.
    headers = {"Authorization": f"Bearer {token}"}
    answered = client.post(path, json={"text": "已补充"}, headers=headers)
    assert answered.status_code == 201, answered.text
    assert answered.json()["due_on"] == "2026-10-20"


def test_a_year_that_this_bank_has_loaded_counts_and_not_the_shipped_one(
    client: TestClient, citizen: Citizen, provider: Provider, bank: Bank
) -> None:
    """The next week was declared free after the release."""
    today = civil_day(BEFORE_THE_HOLIDAY)
    week = [today + timedelta(days=number) for number in range(1, 15)]
    free = [day.strftime("%m-%d") for day in week if day.weekday() < 5]
    text = f"2026:\n  source: 另行通知\n  holidays: [{', '.join(free)}]\n  worked_weekends: []\n"
    bank.settings.working_days_file.write_text(text, "utf-8")
    matter = report(client, citizen, provider)
    assert matter["due_on"] == date(2026, 10, 27).isoformat()


def test_the_time_to_appeal_runs_from_the_day_on_which_she_was_told(
    client: TestClient, citizen: Citizen, provider: Provider, clock: Clock, make_staff: Any
) -> None:
    """Fifteen working days from 8 October: on the last one she may appeal, and then no more."""
    matters = [report(client, citizen, provider)["id"] for _ in range(2)]
    staff = make_staff(provider.institution, Role.CHECKER)
    no = {"decision": "refused", "text": "查无记录", "code": "not-found-in-records"}
    for matter in matters:
        client.post(f"/api/v1/matters/{matter}/decision", json=no, headers=staff)
    listed = client.get(f"{ME}/matters", headers=citizen.headers).json()["matters"]
    assert {one["appeal_until"] for one in listed} == {None}

    def appeal(matter: str, day: date) -> Any:
        clock.now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        token = sign_in(client, citizen.account_number)
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get(f"{ME}/notices", headers=headers).status_code == 200
        path = f"{ME}/matters/{matter}/appeal"
        return client.post(path, json={"text": "请再查"}, headers=headers)

    clock.now = datetime(2026, 10, 8, 1, tzinfo=UTC)
    headers = {"Authorization": f"Bearer {sign_in(client, citizen.account_number)}"}
    client.get(f"{ME}/notices", headers=headers)
    listed = client.get(f"{ME}/matters", headers=headers).json()["matters"]
    assert {one["appeal_until"] for one in listed} == {"2026-10-28"}
    assert appeal(matters[0], date(2026, 10, 28)).status_code == 201
    late = appeal(matters[1], date(2026, 10, 29))
    assert (late.status_code, late.json()["code"]) == (409, "appeal-too-late")
