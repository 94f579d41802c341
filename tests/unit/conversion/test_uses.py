"""Two uses of one unit meet where they use a part of it twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.filing import ANYWHERE, HoursUnit, Use
from tests.fixtures.rules import Stated, outcome

_UNITS: st.SearchStrategy[HoursUnit | None] = st.sampled_from([None, "class_hours", "hours"])
_SCOPES = st.sampled_from([ANYWHERE, "programme a P1", "programme a P2"])


@st.composite
def uses(draw: st.DrawFn) -> Use:
    """Draw a use of all of a unit, or of some of its hours."""
    unit = draw(_UNITS)
    start = 0 if unit is None else draw(st.integers(0, 8))
    end = 0 if unit is None else start + draw(st.integers(1, 8))
    return Use(entry=draw(st.integers(0, 9)), unit=unit, start=start, end=end, scope=draw(_SCOPES))


@given(uses(), uses())
def test_it_is_the_same_whichever_came_first(one: Use, other: Use) -> None:
    """Which of them gives way is decided by the ledger alone."""
    assert one.meets(other) == other.meets(one)


@given(uses(), uses())
def test_a_use_meets_another_exactly_where_that_left_it_too_little(one: Use, other: Use) -> None:
    """What a merge finds used twice is what a filing would have found used up."""
    offered = outcome(Stated(class_hours=16, used=[one]))
    if other.unit is None:
        is_free = not offered.used_in(other.scope)
    else:
        wanted = set(range(other.start, other.end))
        if other.unit == "hours":
            return  # This outcome states none.
        free = offered.free("class_hours", other.scope)
        is_free = wanted <= {at for start, end in free for at in range(start, end)}
    assert one.meets(other) != is_free


@pytest.mark.parametrize(("start", "meets"), [(4, True), (5, True), (6, False)])
def test_parts_that_only_touch_do_not_meet(start: int, meets: bool) -> None:  # noqa: FBT001
    """A part runs up to its end, which is no part of it."""
    first = Use(entry=1, unit="class_hours", start=0, end=6)
    second = Use(entry=2, unit="class_hours", start=start, end=8)
    assert first.meets(second) is meets
