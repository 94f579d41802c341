"""Kiosks that nobody attends to, and rosters that staff tick."""

from datetime import timedelta
from typing import Any

import pytest

from creditbank.bank import Bank
from creditbank.venues.settle import settle_days
from tests.fixtures.clocks import Clock
from tests.fixtures.people import Citizen
from tests.fixtures.venues import Museum


@pytest.fixture
def bank(timed_bank: Bank) -> Bank:
    """The bank by the clock of the test."""
    return timed_bank


def test_staff_tick_a_roster_with_masked_names(
    museum: Museum, citizen: Citizen, client: Any, clock: Clock
) -> None:
    """The person who saw her stands for it; the tick is repeated without harm, and may be late."""
    shift = museum.shift()
    path = f"/api/v1/venue-shifts/{shift}/roster"
    numbers = {"account_numbers": [citizen.account_number]}
    unknown = client.post(
        path, json={"account_numbers": ["0000000000000000"]}, headers=museum.clerk
    )
    (entry,) = client.post(path, json=numbers, headers=museum.clerk).json()["entries"]
    at = clock.now
    clock.now += timedelta(minutes=20)
    body = {"at": at.isoformat()}
    ticks = [
        client.post(f"{path}/{entry['id']}/tick", json=body, headers=museum.clerk) for _ in range(2)
    ]

    assert unknown.status_code == 422
    assert (entry["name"], entry["ticked"]) == ("示＊＊＊", False)
    assert [one.status_code for one in ticks] == [201, 200]
    assert [one.json() for one in ticks] == [{"state": "counted"}] * 2
    (shown,) = client.get(path, headers=museum.clerk).json()["entries"]
    assert shown["ticked"]
    assert [one["method"] for one in museum.check_ins(citizen)] == ["roster"]


def test_what_a_kiosk_saw_is_declared_and_waits_for_late_scans(
    museum: Museum, citizen: Citizen, bank: Bank, clock: Clock
) -> None:
    """Nobody of the venue saw her; the outcome says so, and comes when no late scan can."""
    kiosk = museum.device(museum.shift(), "kiosk")

    answer = museum.scan(kiosk, museum.card(citizen)["text"])

    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    assert museum.outcomes(citizen) == []
    clock.now += timedelta(hours=72)
    assert settle_days(bank, bank.clock()) == 0, "the day has its own 72 hours"
    clock.now += timedelta(hours=15)
    assert settle_days(bank, bank.clock()) == 1
    assert settle_days(bank, bank.clock()) == 0
    (outcome,) = museum.outcomes(citizen)
    assert outcome["assurance"] == "declared"
    (check_in,) = museum.check_ins(citizen)
    assert (check_in["state"], check_in["outcome"]) == ("counted", outcome["id"])


@pytest.mark.parametrize("first", ["kiosk", "desk"])
def test_who_was_seen_at_a_desk_too_was_seen(
    museum: Museum, citizen: Citizen, bank: Bank, clock: Clock, first: str
) -> None:
    """One visit, and its assurance is that of the desk, whichever came first."""
    shift, card = museum.shift(), museum.card(citizen)["text"]
    for kind in (first, "desk" if first == "kiosk" else "kiosk"):
        museum.scan(museum.device(shift, kind), card)
        clock.now += timedelta(minutes=5)
    clock.now += timedelta(hours=96)
    assert settle_days(bank, bank.clock()) == 0

    assert [one["assurance"] for one in museum.outcomes(citizen)] == ["attended"]
