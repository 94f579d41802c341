"""Which of several outcomes of one definition counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.catalogue.definition import Counting
from creditbank.outcomes.counting import Passed, counting
from creditbank.outcomes.dates import PartialDate


def passed(name: str, day: str, rank: int | None, scale: str | None = "percent") -> Passed:
    """Give a passed outcome."""
    awarded = PartialDate.parse(day, today=date(2026, 1, 1))
    return Passed(
        outcome_id=name,
        awarded_on=awarded,
        attempt=1,
        entry_index=len(name),
        scale=scale,
        rank=rank,
    )


FIRST, BEST, LAST = passed("a", "2023", 60), passed("bb", "2024", 90), passed("ccc", "2025", 75)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(Counting.FIRST, FIRST), (Counting.BEST, BEST), (Counting.LAST, LAST)],
)
@given(order=st.permutations([FIRST, BEST, LAST]))
def test_one_counts_whatever_the_order(
    policy: Counting, expected: Passed, order: list[Passed]
) -> None:
    """Best by grade, last and first by the day of the award."""
    assert counting(order, policy) == expected


@pytest.mark.parametrize("other", [passed("d", "2022", 5, "levels"), passed("d", "2022", None)])
def test_grades_that_cannot_be_compared_leave_the_last(other: Passed) -> None:
    """A grade of another scale, or none at all."""
    assert counting([BEST, other, FIRST], Counting.BEST) == BEST
    assert counting([LAST, BEST, other], Counting.BEST) == LAST
