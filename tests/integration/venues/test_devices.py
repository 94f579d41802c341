"""Devices of a shift: paired by a code, bound to it, taken back at once."""

from datetime import timedelta
from typing import Any

import pytest

from creditbank.bank import Bank
from tests.fixtures.clocks import Clock
from tests.fixtures.people import Citizen
from tests.fixtures.venues import Museum, code


@pytest.fixture
def bank(timed_bank: Bank) -> Bank:
    """The bank by the clock of the test."""
    return timed_bank


def test_a_device_works_for_its_shift_alone(museum: Museum, citizen: Citizen, clock: Clock) -> None:
    """Afterwards it hands in what it scanned before, and nothing new."""
    device, card = museum.device(museum.shift(hours=2)), museum.card(citizen)["text"]
    within = clock.now + timedelta(minutes=30)
    clock.now += timedelta(hours=2, seconds=1)

    new = museum.scan(device, card)
    late = museum.scan(device, card, at=within)

    assert (new.status_code, code(new)) == (409, "scan-outside-shift")
    assert late.status_code == 201


def test_before_it_was_paired_a_device_scanned_nothing(
    museum: Museum, citizen: Citizen, clock: Clock
) -> None:
    """A time of its own is believed within what staff gave it only, and no time ahead."""
    shift, card = museum.shift(), museum.card(citizen)["text"]
    clock.now += timedelta(minutes=40)
    device = museum.device(shift)

    early = museum.scan(device, card, at=clock.now - timedelta(minutes=30))
    ahead = museum.scan(device, card, at=clock.now + timedelta(minutes=5))

    assert (code(early), code(ahead)) == ("scan-outside-shift", "scan-in-future")


def test_a_shift_that_is_ended_early_is_over(
    museum: Museum, citizen: Citizen, client: Any, clock: Clock
) -> None:
    """Staff end it; its devices scan no more."""
    shift = museum.shift()
    device, card = museum.device(shift), museum.card(citizen)["text"]
    ended = client.post(f"/api/v1/venue-shifts/{shift}/end", headers=museum.clerk)
    clock.now += timedelta(seconds=1)

    assert ended.status_code == 204
    assert code(museum.scan(device, card)) == "scan-outside-shift"


def test_a_revoked_device_hands_in_nothing(museum: Museum, citizen: Citizen, client: Any) -> None:
    """A lost phone's scans are not believed, not even earlier ones; its code pairs nothing."""
    shift, card = museum.shift(), museum.card(citizen)["text"]
    offer, waiting = museum.offer(shift), museum.offer(shift)
    key = museum.pair(offer["code"]).json()["key"]
    for one in (offer, waiting):
        path = f"/api/v1/venue-devices/{one['device']}"
        assert client.delete(path, headers=museum.clerk).status_code == 204

    answer = museum.scan({"Authorization": f"Bearer {key}"}, card)

    assert answer.status_code == 401
    assert code(museum.pair(waiting["code"])) == "pairing-refused"
    assert museum.outcomes(citizen) == []


def test_a_pairing_code_pairs_one_device_for_ten_minutes(museum: Museum, clock: Clock) -> None:
    """A second reader of the screen is turned away, and so is who comes too late."""
    shift = museum.shift()
    offer, late = museum.offer(shift), museum.offer(shift)
    typed = offer["code"].lower().replace("-", " ")

    assert museum.pair(typed).status_code == 201
    assert code(museum.pair(offer["code"])) == "pairing-refused"
    clock.now += timedelta(minutes=10)
    assert code(museum.pair(late["code"])) == "pairing-refused"


def test_a_device_reads_nothing_and_posts_no_results(museum: Museum, client: Any) -> None:
    """Its key opens check-ins only."""
    device = museum.device(museum.shift())

    for method, path in (
        ("GET", "/api/v1/outcomes"),
        ("POST", "/api/v1/outcomes"),
        ("GET", f"/api/v1/venues/{museum.venue}/shifts"),
        ("POST", "/api/v1/check-ins/live-codes"),
    ):
        assert client.request(method, path, json={}, headers=device).status_code == 403


def test_other_codes_are_told_apart(museum: Museum, citizen: Citizen, client: Any) -> None:
    """The device says what it was shown; a pass or a picture of the screen checks nobody in."""
    device = museum.device(museum.shift())
    screen = client.post("/api/v1/check-ins/screen-codes", headers=device).json()["text"]
    token = screen.rpartition("/")[2]

    for text, wanted in (
        (f"HTTP://BANK.TEST/V/{token}", "check-in-code-other"),
        ("LP1:6BF+70", "check-in-code-other"),
        (screen, "check-in-code-other"),
        (token, "check-in-code-unreadable"),
        ("https://elsewhere.example/menu", "check-in-code-unreadable"),
        (f"C/{token}", "card-refused"),
    ):
        assert code(museum.scan(device, text)) == wanted, text
    card = museum.card(citizen)["text"]
    answer = client.post("/api/v1/check-ins/screens", json={"text": card}, headers=citizen.headers)
    assert code(answer) == "check-in-code-other"
