"""What a venue publishes of a visit, and who runs it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from tests.fixtures.clocks import Clock
from tests.fixtures.people import Citizen
from tests.fixtures.venues import Museum, code


@pytest.fixture
def bank(timed_bank: Bank) -> Bank:
    """The bank by the clock of the test."""
    return timed_bank


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
        ({"course": "ONCE"}, "course-counts-once"),
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


def test_a_venue_with_a_calendar_needs_no_term_for_a_visit(
    museum: Museum, citizen: Citizen, client: Any
) -> None:
    """The sitting of a visit is its day, whatever terms the institution has declared."""
    term = {"name": "2024春", "first_day": "2024-02-26", "last_day": "2024-07-07"}
    client.post("/api/v1/terms", json={"terms": [term]}, headers=museum.clerk)
    device = museum.device(museum.shift())

    assert museum.scan(device, museum.card(citizen)["text"]).status_code == 201
