"""The clock of a matter: working days from receipt, and none of them runs while it is returned."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.working_days import mainland_working_days
from creditbank.errors import Refusal
from creditbank.matters.matter import (
    GRANTED_BY,
    REFUSALS,
    UNDECIDED,
    WORKING_DAYS,
    MatterKind,
    MatterState,
    Progress,
    StepKind,
    begun,
    require_fitting,
)

CALENDAR = mainland_working_days()
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
ASKED = st.sampled_from([one for one in MatterKind if one is not MatterKind.DEPOSIT])


@given(DAYS, st.integers(0, 60))
def test_counting_takes_back_what_adding_working_days_gave(start: date, count: int) -> None:
    """From a day to the fifth working day after it there are five."""
    assert CALENDAR.count(start, CALENDAR.after(start, count)) == count


@given(ASKED, DAYS, st.integers(0, 40), st.integers(0, 400))
def test_the_time_during_which_a_matter_is_returned_does_not_count(
    kind: MatterKind, received: date, worked: int, waited: int
) -> None:
    """She may take her time; the office has what it had left, and nothing when it was late."""
    matter = begun(kind, received, CALENDAR)
    returned_on = CALENDAR.after(received, worked)
    returned = matter.after(StepKind.RETURNED, returned_on, CALENDAR)
    answered_on = returned_on + timedelta(days=waited)
    answered = returned.after(StepKind.ANSWERED, answered_on, CALENDAR)
    left = max(WORKING_DAYS[kind] - worked, 0)
    assert returned.due_on is None
    assert not returned.is_late(date.max)
    assert answered.due_on == CALENDAR.after(answered_on, left)


@given(ASKED, DAYS, st.lists(st.sampled_from(StepKind), max_size=6))
def test_what_is_decided_stays_decided(
    kind: MatterKind, received: date, steps: list[StepKind]
) -> None:
    """Whatever is tried afterwards."""
    matter: Progress = begun(kind, received, CALENDAR)
    for step in steps:
        before = matter.state
        with suppress(Refusal):
            matter = matter.after(step, received, CALENDAR)
        if before not in UNDECIDED:
            assert matter.state is before


@given(st.sampled_from(MatterKind))
def test_what_a_kind_asks_is_granted_by_one_step_alone(kind: MatterKind) -> None:
    """And refused only for reasons that fit it."""
    steps = [StepKind.ATTESTED, StepKind.CORRECTED, StepKind.UPHELD]
    fitting = []
    for step in steps:
        with suppress(Refusal):
            require_fitting(kind, step)
            fitting.append(step)
    assert fitting == [GRANTED_BY[kind]]
    assert (kind in REFUSALS) == (kind in WORKING_DAYS)


def test_a_deposit_has_no_clock() -> None:
    """Nobody was asked for anything."""
    kept = begun(MatterKind.DEPOSIT, date(2026, 2, 13), CALENDAR)
    assert (kept.state, kept.due_on) == (MatterState.STORED, None)
    with pytest.raises(Refusal):
        kept.after(StepKind.RETURNED, date(2026, 2, 13), CALENDAR)
