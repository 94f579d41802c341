"""Which changes are new since a look: none is told twice, and none is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.days import CIVIL_TIME
from creditbank.grants.changes import (
    Baseline,
    Change,
    ChangeKind,
    baseline,
    changes_since,
    expiries,
    over_at,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
GIVEN = Baseline(at=START, size=0)


def after(seconds: float) -> datetime:
    """Give a time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def change(index: int | None, seconds: float, kind: ChangeKind = ChangeKind.SUSPENDED) -> Change:
    """Give a change by a leaf, or by the calendar."""
    return Change(kind=kind, at=after(seconds), index=index)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Change], list[Baseline]]:
    """Give what befell an outcome, by leaves and by the calendar, and the looks at it in order.

    Several leaves and looks may lie within one second.
    """
    changes: list[Change] = []
    looks: list[Baseline] = []
    index, seconds = 0, 1
    for step in draw(st.lists(st.sampled_from(["leaf", "day", "look", "wait"]), max_size=30)):
        if step == "leaf":
            changes.append(change(index, seconds))
            index += 1
        elif step == "day":
            seconds += 1
            changes.append(change(None, seconds, ChangeKind.EXPIRED))
        elif step == "look":
            looks.append(Baseline(at=after(seconds), size=index))
        else:
            seconds += 1
    return changes, [*looks, Baseline(at=after(seconds), size=index)]


@given(lives())
def test_looks_one_after_the_other_tell_each_change_once(
    life: tuple[list[Change], list[Baseline]],
) -> None:
    """Whatever the clock says of two that lie within one second."""
    changes, looks = life
    told: list[Change] = []
    last: Baseline | None = None
    for look in looks:
        so_far = [
            one
            for one in changes
            if (one.at <= look.at if one.index is None else one.index < (look.size or 0))
        ]
        told += changes_since(so_far, baseline(given=GIVEN, last=last, since=None))
        last = look
    assert sorted(told, key=changes.index) == changes


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=9), st.floats(0, 60))
def test_a_stated_time_loses_nothing_that_came_since(
    leaves: list[tuple[int, int]], since: float
) -> None:
    """Leaves have whole seconds: what came in the second of that time is told."""
    changes = [change(index, seconds) for index, seconds in leaves]
    start = baseline(given=GIVEN, last=None, since=after(since))
    found = changes_since(changes, start)
    assert [one for one in changes if one.at >= after(since) and one not in found] == []
    assert all(one.at > after(since - 1) for one in found)
    assert found == sorted(found, key=lambda one: (one.at, one.index))


def test_before_the_giving_nothing_is_told() -> None:
    """Whoever asks for an earlier time is told what came since she granted it."""
    granted = Baseline(at=after(10), size=4)
    early, late = change(3, 9), change(4, 10)
    for since in (after(0), after(10)):
        start = baseline(given=granted, last=Baseline(at=after(99), size=99), since=since)
        assert changes_since([early, late], start) == [late]


LAST = date(2026, 6, 30)
OVER = datetime(2026, 7, 1, tzinfo=CIVIL_TIME)


def extended(on: datetime, until: date) -> tuple[datetime, date]:
    """Give an extension."""
    return on, until


@pytest.mark.parametrize(
    ("last_day", "extensions", "now", "expected"),
    [
        (None, [], OVER, []),
        (LAST, [], OVER - timedelta(seconds=1), []),
        (LAST, [], OVER, [OVER]),
        (LAST, [extended(OVER - timedelta(days=1), date(2027, 6, 30))], OVER, []),
        (
            LAST,
            [extended(OVER + timedelta(days=1), date(2027, 6, 30))],
            OVER + timedelta(days=400),
            [OVER, datetime(2027, 7, 1, tzinfo=CIVIL_TIME)],
        ),
        (LAST, [extended(OVER + timedelta(days=1), LAST)], OVER + timedelta(days=9), [OVER]),
        (date.max, [], OVER, []),
    ],
)
def test_a_validity_runs_out_unless_it_was_extended_in_time(
    last_day: date | None,
    extensions: list[tuple[datetime, date]],
    now: datetime,
    expected: list[datetime],
) -> None:
    """The last day counts; a late extension does not undo that it had run out."""
    found = expiries(last_day, extensions, now)
    assert [(one.kind, one.at, one.index) for one in found] == [
        (ChangeKind.EXPIRED, at, None) for at in expected
    ]


@given(st.dates(max_value=date.max - timedelta(days=1)))
def test_a_day_is_over_at_the_next_midnight_of_civil_time(day: date) -> None:
    """As everywhere days are counted here."""
    over = over_at(day)
    assert over is not None
    assert over.astimezone(CIVIL_TIME).date() == day + timedelta(days=1)
