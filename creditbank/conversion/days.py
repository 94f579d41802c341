"""Civil days: which day it is, the last day of a validity, and days as the integers of a trace."""

import calendar
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

CIVIL_TIME = ZoneInfo("Asia/Shanghai")
"""The time by which days are counted at the doors."""

_YEAR_MONTHS = 12
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def civil_day(moment: datetime) -> date:
    """Give the day that it is in Shanghai."""
    return moment.astimezone(CIVIL_TIME).date()


def read_day(text: str) -> date:
    """Read a day of the calendar written YYYY-MM-DD and in no other way; raises `ValueError`."""
    if _DAY.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def last_valid_day(awarded_on: date, months: int) -> date:
    """Give the last day, inclusive, of a validity of whole months after an award.

    It is the same day of the month; a month that is too short gives its last day, so that an award
    of 29 February holds until 28 February of a common year.
    """
    months_since = awarded_on.year * _YEAR_MONTHS + awarded_on.month - 1 + months
    year, month = divmod(months_since, _YEAR_MONTHS)
    if year > date.max.year:
        return date.max
    last_of_month = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(awarded_on.day, last_of_month))


def as_number(day: date) -> int:
    """Write a day as the integer YYYYMMDD, the form in which a trace holds days."""
    return day.year * 10_000 + day.month * 100 + day.day
