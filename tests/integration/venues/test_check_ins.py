"""People check in at a venue, and each visit is one outcome by the venue's published rule."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.venues.settle import settle_days
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
    assert sorted(one["attempt"] for one in museum.outcomes(citizen)) == [1, 2]


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
        sorted((one["term"], one["attempt"], one["minutes"]) for one in museum.outcomes(citizen))
        for citizen, _ in cards
    ]
    assert all(one == stated[0] for one in stated)
    assert [attempt for _, attempt, _ in stated[0]] == [1, 2]


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


def test_a_venue_takes_the_methods_of_its_rule(
    make_museum: Callable[[], Museum], citizen: Citizen
) -> None:
    """It publishes which; another is refused, and nothing is kept."""
    museum = make_museum()
    museum.venue = museum.declare(methods=["live_code"]).json()["id"]
    device = museum.device(museum.shift())

    answer = museum.scan(device, museum.card(citizen)["text"])

    assert code(answer) == "check-in-method-not-taken"
    assert museum.check_ins(citizen) == []


def test_a_rule_changes_from_a_later_day_on(museum: Museum, client: Any, clock: Clock) -> None:
    """What a visit counts for is public, and is never changed for a day that has begun."""
    tomorrow = (civil_day(clock.now) + timedelta(days=1)).isoformat()

    today = museum.declare(minutes=10)
    later = museum.declare(minutes=120, from_day=tomorrow)

    assert [one["code"] for one in today.json()["errors"]] == ["visit-rule-begun"]
    assert later.status_code == 201
    shown = client.get(f"/api/v1/venues/{museum.venue}").json()
    assert [one["minutes"] for one in shown["rules"]] == [90, 120]
    assert shown["rules"][0]["methods"]["kiosk"] == "declared"
    listed = client.get("/api/v1/venues", params={"institution": museum.institution}).json()
    assert listed["venues"] == [shown]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"course": "LECTURE"}, "course-no-venue"),
        ({"offering": "none"}, "offering-unknown"),
        ({"minutes": None, "class_hours": None}, "amount-missing"),
        ({"minutes": 1441}, "number-out-of-range"),
        ({"class_hours": "25"}, "number-out-of-range"),
        ({"minutes_between": 4}, "number-out-of-range"),
        ({"visits_a_day": 13}, "number-out-of-range"),
        ({"methods": []}, "field-missing"),
        ({"methods": ["photo"]}, "kind-unknown"),
        ({"name": " "}, "field-missing"),
    ],
)
def test_a_wrong_rule_names_its_field(
    make_museum: Callable[[], Museum], changes: dict[str, object], wanted: str
) -> None:
    """Nothing is declared."""
    answer = make_museum().declare(**changes)

    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == [wanted]


def test_others_run_no_shift_here(
    museum: Museum, make_museum: Callable[[], Museum], client: Any, citizen: Citizen
) -> None:
    """Another museum's staff find nothing."""
    other, shift = make_museum(), museum.shift()
    device = museum.offer(shift)["device"]
    roster = {"account_numbers": [citizen.account_number]}

    for method, path, body in (
        ("GET", f"/api/v1/venues/{museum.venue}/shifts", None),
        ("POST", f"/api/v1/venue-shifts/{shift}/end", None),
        ("POST", f"/api/v1/venue-shifts/{shift}/devices", {"kind": "desk", "label": "x"}),
        ("POST", f"/api/v1/venue-shifts/{shift}/roster", roster),
        ("GET", f"/api/v1/venue-shifts/{shift}/roster", None),
        ("DELETE", f"/api/v1/venue-devices/{device}", None),
    ):
        answer = client.request(method, path, json=body, headers=other.clerk)
        assert answer.status_code == 404, path


def test_a_learner_who_is_not_taken_leaves_no_check_in(
    museum: Museum, citizen: Citizen, client: Any
) -> None:
    """Her account is limited: nothing is kept of her, and the volunteer is told no more."""
    device, card = museum.device(museum.shift()), museum.card(citizen)["text"]
    limited = client.post("/api/v1/accounts/me/limit", headers=citizen.headers)
    assert limited.status_code < 300, limited.text

    assert code(museum.scan(device, card)) == "learner-not-taken"


def test_a_venue_with_a_calendar_needs_no_term_for_a_visit(
    museum: Museum, citizen: Citizen, client: Any
) -> None:
    """The sitting of a visit is its day, whatever terms the institution has declared."""
    term = {"name": "2024春", "first_day": "2024-02-26", "last_day": "2024-07-07"}
    client.post("/api/v1/terms", json={"terms": [term]}, headers=museum.clerk)
    device = museum.device(museum.shift())

    assert museum.scan(device, museum.card(citizen)["text"]).status_code == 201


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
