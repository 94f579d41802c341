"""What an employer is told when it looks again: how each outcome stands, and what changed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank, open_bank
from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import Clock
from tests.fixtures.grants import HELD, Granting
from tests.fixtures.people import RESULT, Citizen

Post = Callable[..., dict[str, Any]]
WHY = {"reason": "只写给机构看的缘由"}
LAST_DAY = datetime.now(CIVIL_TIME).replace(hour=16) + timedelta(days=200)
DAY_AFTER = LAST_DAY + timedelta(days=1)
LAST, AFTER, NEW_LAST = (
    str(one.date()) for one in (LAST_DAY, DAY_AFTER, LAST_DAY + timedelta(days=365))
)
LICENCE = {"series": "电工", "number": "A-1", "valid_until": LAST}
NOTHING = {"reason": None, "superseded_by": None, "valid_until": None}


@pytest.fixture
def clock() -> Clock:
    """A clock that is set on to days to come."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank that goes by it."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def act(client: TestClient, provider: Provider) -> Callable[..., Any]:
    """Let the provider do something with an outcome: `act(outcome, "suspension")`."""

    def ask(outcome: str, what: str, **body: object) -> Any:
        path = f"/api/v1/outcomes/{outcome}/{what}"
        answer = client.post(path, json={**WHY, **body}, headers=provider.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return ask


def changed(seen: dict[str, Any]) -> list[list[str]]:
    """Give the kinds of what changed, outcome by outcome."""
    return [[change["change"] for change in one["changes"]] for one in seen["outcomes"]]


def test_each_change_is_told_once_with_its_day_and_the_class_of_its_reason(
    granting: Granting,
    post_result: Post,
    citizen: Citizen,
    act: Callable[..., Any],
    clock: Clock,
) -> None:
    """Revoked, corrected with its successor, suspended; never the words of the reason."""
    terms = ("2011", "2012", "2013", "2014")
    outcomes = [post_result(citizen, term=term) for term in terms]
    revoked, corrected, suspended, _ = [one["id"] for one in outcomes]
    grant = granting.give(*(one["id"] for one in outcomes))
    act(revoked, "revocation", status="revoked")
    right = act(corrected, "correction", **{**RESULT, "term": "2012", "grade": "92"})
    act(suspended, "suspension")

    seen = granting.look(grant)
    assert seen["changed"] is True
    today = civil_day(clock())
    days = {change.pop("on") for one in seen["outcomes"] for change in one["changes"]}
    assert len(days) == 1
    assert abs((datetime.fromisoformat(days.pop()).date() - today).days) <= 1
    successor = right["entry"]["index"]
    assert [one["changes"] for one in seen["outcomes"]] == [
        [{**NOTHING, "change": "taken_back", "reason": "revoked"}],
        [{**NOTHING, "change": "corrected", "reason": "superseded", "superseded_by": successor}],
        [{**NOTHING, "change": "suspended", "reason": "suspended"}],
        [],
    ]
    assert [(one["status"], one["superseded_by"]) for one in seen["outcomes"]] == [
        ("revoked", None), ("superseded", successor), ("suspended", None), ("active", None),
    ]  # fmt: skip
    assert (seen["report"]["verdict"], seen["report"]["reason"]) == ("revoked", "revoked")
    assert WHY["reason"] not in str(seen)

    again = granting.look(grant)
    assert (again["changed"], changed(again)) == (False, [[], [], [], []])
    assert [one["status"] for one in again["outcomes"]][:3] == [
        "revoked",
        "superseded",
        "suspended",
    ]
    act(suspended, "suspension/end")
    assert changed(granting.look(grant)) == [[], [], ["lifted"], []]
    assert [one["verdict"] for one in granting.looks(grant)] == ["revoked"] * 3


def test_what_came_and_went_between_two_looks_is_told(
    granting: Granting, post_result: Post, citizen: Citizen, act: Callable[..., Any]
) -> None:
    """Within the same second, too; what was before the grant is not."""
    outcome = post_result(citizen)["id"]
    for what in ("suspension", "suspension/end"):
        act(outcome, what)
    grant = granting.give(outcome)
    assert granting.look(grant)["changed"] is False
    for what in ("suspension", "suspension/end"):
        act(outcome, what)
    seen = granting.look(grant)
    assert (changed(seen), seen["report"]["verdict"]) == ([["suspended", "lifted"]], "valid")
    assert granting.look(grant)["changed"] is False


def test_changes_are_told_since_a_stated_time_as_often_as_they_are_asked_for(
    granting: Granting,
    post_result: Post,
    citizen: Citizen,
    act: Callable[..., Any],
    clock: Clock,
) -> None:
    """An answer that was lost is asked for again; before the giving nothing is told."""
    outcome = post_result(citizen)["id"]
    act(outcome, "suspension")
    act(outcome, "suspension/end")
    clock.now += timedelta(minutes=5)
    grant, given = granting.give(outcome), clock()
    clock.now += timedelta(minutes=5)
    act(outcome, "suspension")
    clock.now += timedelta(minutes=5)
    for _ in range(2):
        seen = granting.look(grant, since=given)
        assert changed(seen) == [["suspended"]]
    assert changed(granting.look(grant, since=given - timedelta(days=9))) == [["suspended"]]
    assert changed(granting.look(grant, since=clock())) == [[]]
    assert changed(granting.look(grant)) == [["suspended"]]
    assert changed(granting.look(grant)) == [[]]
    assert len(granting.looks(grant)) == 6
    for since in (clock() + timedelta(minutes=1), datetime(2026, 1, 1)):  # noqa: DTZ001 - wrong
        answer = granting.client.get(
            f"{HELD}/{grant}",
            params={"since": since.isoformat()},
            headers=granting.employer.headers,
        )
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")


def test_an_expiry_an_extension_and_a_renewal_are_told(
    granting: Granting,
    post_result: Post,
    citizen: Citizen,
    act: Callable[..., Any],
    clock: Clock,
) -> None:
    """Expired on the day after the last; of the renewal nothing but its day."""
    outcome = post_result(citizen, certificate=LICENCE)["id"]
    grant = granting.give(outcome, expires_at="2029-01-01T00:00:00+08:00")
    clock.now = LAST_DAY
    seen = granting.look(grant)
    assert (seen["changed"], seen["outcomes"][0]["valid_until"]) == (False, LAST)
    clock.now = DAY_AFTER
    seen = granting.look(grant)
    assert seen["outcomes"][0]["expired"] is True
    assert seen["outcomes"][0]["changes"] == [{**NOTHING, "change": "expired", "on": AFTER}]
    assert seen["report"]["verdict"] == "expired"
    act(outcome, "extension", valid_until=NEW_LAST)
    (one,) = granting.look(grant)["outcomes"]
    assert (one["expired"], one["valid_until"]) == (False, NEW_LAST)
    extended = {**NOTHING, "change": "extended", "on": AFTER, "valid_until": NEW_LAST}
    assert one["changes"] == [extended]
    renewal = {"series": "电工", "number": "A-2", "renews": {"series": "电工", "number": "A-1"}}
    later = post_result(citizen, term="second", awarded_on=AFTER, certificate=renewal)
    seen = granting.look(grant)
    assert changed(seen) == [["renewed"]]
    assert later["id"] not in str(seen)
    assert seen["outcomes"][0]["changes"] == [{**NOTHING, "change": "renewed", "on": AFTER}]
