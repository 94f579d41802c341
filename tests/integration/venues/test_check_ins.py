"""People check in at a venue, and each visit is one outcome by the venue's published rule."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.units import unit_of
from creditbank.outcomes.queries import find_outcomes
from tests.fixtures.clocks import Clock
from tests.fixtures.people import Citizen, sign_in
from tests.fixtures.venues import Museum, code


@pytest.fixture
def bank(timed_bank: Bank) -> Bank:
    """The bank by the clock of the test."""
    return timed_bank


def test_a_scanned_card_is_a_visit_with_leaf_and_receipt(
    museum: Museum, citizen: Citizen, client: Any
) -> None:
    """She reads the outcome at once: its day, its hours, and that she was seen."""
    device = museum.device(museum.shift())

    answer = museum.scan(device, museum.card(citizen)["text"])

    assert (answer.status_code, answer.json()["state"]) == (201, "counted")
    (outcome,) = museum.outcomes(citizen)
    receipt = client.get(f"/api/v1/outcomes/{outcome['id']}/receipt", headers=museum.clerk)
    assert receipt.text.startswith("c2sp.org/tlog-proof@v1")
    day = civil_day(museum.clock()).isoformat()
    assert outcome["class"] == "venue"
    assert (outcome["term"], outcome["attempt"], outcome["awarded_on"]) == (day, 1, day)
    assert (outcome["minutes"], outcome["class_hours"]) == (90, "2")
    assert outcome["assurance"] == "attended"
    (check_in,) = museum.check_ins(citizen)
    assert (check_in["method"], check_in["outcome"]) == ("card", outcome["id"])


def test_a_volunteer_sees_a_masked_name_and_a_tick(museum: Museum, citizen: Citizen) -> None:
    """Neither account nor number nor anything else of hers."""
    device = museum.device(museum.shift())

    answer = museum.scan(device, museum.card(citizen)["text"])

    assert answer.json() == {"name": "示＊＊＊", "state": "counted"}
    assert citizen.account_number not in answer.text


def test_a_card_scanned_twice_is_a_duplicate_and_no_error(
    museum: Museum, citizen: Citizen, clock: Clock
) -> None:
    """The paper is not used up; the time between two visits is what tells them apart."""
    device, card = museum.device(museum.shift()), museum.card(citizen)["text"]
    museum.scan(device, card)
    clock.now += timedelta(minutes=59)
    again = museum.scan(device, card)
    clock.now += timedelta(minutes=1)
    later = museum.scan(device, card)
    clock.now += timedelta(hours=3)
    third = museum.scan(device, card)

    assert (again.status_code, again.json()["state"]) == (200, "duplicate")
    assert (later.status_code, later.json()["state"]) == (201, "counted")
    assert (third.status_code, third.json()["state"]) == (200, "duplicate"), "two a day"
    day = civil_day(clock.now).isoformat()
    assert sorted(one["term"] for one in museum.outcomes(citizen)) == [day, f"{day}/2"]


def test_a_scan_handed_in_again_acts_once(museum: Museum, citizen: Citizen) -> None:
    """The answer was lost on the way; the device sends the same once more."""
    device, card = museum.device(museum.shift()), museum.card(citizen)["text"]

    first = museum.scan(device, card, name="one")
    again = museum.scan(device, card, name="one")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(museum.check_ins(citizen)) == 1


@pytest.mark.parametrize(("hours", "status"), [(71, 201), (73, 409)])
def test_a_late_scan_is_taken_for_72_hours(
    museum: Museum, citizen: Citizen, clock: Clock, hours: int, status: int
) -> None:
    """It carries its own time, and is of that day."""
    device, card = museum.device(museum.shift()), museum.card(citizen)["text"]
    scanned_at = clock.now
    clock.now += timedelta(hours=hours)

    answer = museum.scan(device, card, at=scanned_at)

    assert answer.status_code == status
    if status == 409:
        assert code(answer) == "scan-too-late"
        assert museum.outcomes(citizen) == []
    else:
        (outcome,) = museum.outcomes(citizen)
        assert outcome["awarded_on"] == civil_day(scanned_at).isoformat()


def test_late_scans_give_the_same_outcomes_in_any_order(
    museum: Museum, make_citizen: Callable[[], Citizen], clock: Clock
) -> None:
    """Three scans of which the first and the last make two visits, whichever comes first."""
    device = museum.device(museum.shift())
    begin = clock.now
    orders = list(permutations((0, 40, 70)))
    cards = [(one, museum.card(one)["text"]) for one in (make_citizen() for _ in orders)]
    clock.now += timedelta(hours=50)
    for (_, card), order in zip(cards, orders, strict=True):
        for minutes in order:
            answer = museum.scan(device, card, at=begin + timedelta(minutes=minutes))
            assert answer.status_code in {200, 201}, answer.text

    stated = [
        sorted((one["term"], one["minutes"], one["assurance"]) for one in museum.outcomes(citizen))
        for citizen, _ in cards
    ]
    assert all(one == stated[0] for one in stated)
    day = civil_day(begin).isoformat()
    assert stated[0] == [(day, 90, "attended"), (f"{day}/2", 90, "attended")]


def test_a_lost_card_checks_nobody_in(
    museum: Museum, citizen: Citizen, client: Any, clock: Clock
) -> None:
    """What was scanned before it was given up counts; afterwards whoever found it is refused."""
    device, card = museum.device(museum.shift()), museum.card(citizen)
    before = clock.now
    clock.now += timedelta(minutes=10)
    path = f"/api/v1/check-in-cards/{card['id']}"
    assert client.delete(path, headers=citizen.headers).status_code == 204

    assert code(museum.scan(device, card["text"])) == "card-refused"
    assert museum.scan(device, card["text"], at=before).status_code == 201


def test_a_card_is_its_learners_alone(
    museum: Museum, citizen: Citizen, make_citizen: Callable[[], Citizen], client: Any
) -> None:
    """Another's is neither shown nor ended."""
    card, other = museum.card(citizen), make_citizen()

    assert client.get("/api/v1/check-in-cards", headers=other.headers).json() == {"cards": []}
    for method, tail in (("GET", "/qr.svg"), ("DELETE", "")):
        path = f"/api/v1/check-in-cards/{card['id']}{tail}"
        assert client.request(method, path, headers=other.headers).status_code == 404
    (shown,) = client.get("/api/v1/check-in-cards", headers=citizen.headers).json()["cards"]
    assert shown == card


def test_a_learner_who_is_not_taken_leaves_no_check_in(
    museum: Museum, citizen: Citizen, client: Any
) -> None:
    """Her account is limited: nothing is kept of her, and the volunteer is told no more."""
    device, card = museum.device(museum.shift()), museum.card(citizen)["text"]
    limited = client.post("/api/v1/accounts/me/limit", headers=citizen.headers)
    assert limited.status_code < 300, limited.text

    assert code(museum.scan(device, card)) == "learner-not-taken"


def test_the_audit_accounts_for_visits(
    museum: Museum, citizen: Citizen, bank: Bank, client: Any
) -> None:
    """Check-ins, cards and the outcomes that they brought about hold together."""
    shift = museum.shift()
    museum.scan(museum.device(shift), museum.card(citizen)["text"])
    museum.scan(museum.device(shift, "kiosk"), museum.card(citizen)["text"])
    sign_in(client, citizen.account_number)

    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert report.findings == ()


def test_every_visit_counts_and_is_a_unit_of_its_own(
    museum: Museum, citizen: Citizen, bank: Bank, client: Any, clock: Clock
) -> None:
    """Two visits of a day are two results, not two tries at one: the class hours add up."""
    device, card = museum.device(museum.shift()), museum.card(citizen)["text"]
    for _ in range(2):
        museum.scan(device, card)
        clock.now += timedelta(hours=2)
    first, second = museum.outcomes(citizen)
    token = sign_in(client, citizen.account_number)
    answer = client.get(
        "/api/v1/accounts/me/class-hours",
        params={"year": civil_day(clock.now).year},
        headers={"Authorization": f"Bearer {token}"},
    )
    with bank.readers.reading() as connection:
        stored = find_outcomes(connection, [first["id"], second["id"]])

    (total,) = answer.json()["totals"]
    assert (total["outcomes"], total["class_hours"]) == (2, "4")
    units = [unit_of(stored[one["id"]], one) for one in (first, second)]
    assert units[0] != units[1]
