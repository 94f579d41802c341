"""Working days, by which the bank's deadlines are counted."""

from datetime import date, timedelta

import holidays
import pytest

from creditbank.conversion.working_days import WorkingDays, mainland_working_days

CALENDAR = mainland_working_days()


@pytest.mark.parametrize("year", sorted(CALENDAR.years))
def test_a_known_year_has_the_working_days_that_an_independent_calendar_gives(year: int) -> None:
    """Day by day, so that a wrong deadline is not a matter of a typing error."""
    theirs = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(365)]
    assert [CALENDAR.is_worked(day) for day in days] == [theirs.is_working_day(day) for day in days]


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # National Day is long.
        (date(2026, 10, 8), 2, date(2026, 10, 10)),  # A Saturday that is worked.
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
    ],
)
def test_a_deadline_counts_the_days_on_which_offices_work(
    start: date, count: int, expected: date
) -> None:
    """The day on which something arrives does not count."""
    assert CALENDAR.after(start, count) == expected


def test_a_year_whose_calendar_is_not_announced_counts_weekdays() -> None:
    """It is announced in the autumn before."""
    empty = WorkingDays(years=(), holidays=frozenset(), worked_weekends=frozenset())
    assert empty.after(date(2031, 10, 3), 1) == date(2031, 10, 6)
