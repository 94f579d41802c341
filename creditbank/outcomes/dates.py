"""Dates of award as precise as they are known: a day, a month or a year, never padded."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

YEAR_MIN = 1900
"""The first year in which a result can have been awarded."""

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_MONTH_LENGTH = len("2013-09")


class DateError(ValueError):
    """A text is not a date of award; `code` names the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Precision(StrEnum):
    """What is known of a date."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


_PRINTED_LENGTH = {
    Precision.DAY: len("2013-09-29"),
    Precision.MONTH: _MONTH_LENGTH,
    Precision.YEAR: len("2013"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A day, a month or a year: its first day, and how much of that day is really known."""

    first_day: date
    precision: Precision

    @classmethod
    def parse(cls, text: str, *, today: date) -> Self:
        """Read YYYY, YYYY-MM or YYYY-MM-DD that has begun by `today`.

        Raises `DateError`: `date-unreadable`, `date-impossible`, `date-too-early` (before 1900),
        `date-in-future`.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise DateError("date-unreadable")
        year, month, day = match.groups()
        if int(year) < YEAR_MIN:
            raise DateError("date-too-early")
        try:
            first_day = date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            raise DateError("date-impossible") from None
        if first_day > today:
            raise DateError("date-in-future")
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return cls(first_day=first_day, precision=precision)

    @property
    def last_day(self) -> date:
        """The last day that this can be: what counts for "awarded before"."""
        first = self.first_day
        if self.precision is Precision.DAY:
            return first
        if self.precision is Precision.MONTH:
            return first.replace(day=calendar.monthrange(first.year, first.month)[1])
        return first.replace(month=12, day=31)

    @property
    def month(self) -> str:
        """The month as YYYY-MM, or the year where no month is known."""
        return str(self)[:_MONTH_LENGTH]

    def __str__(self) -> str:
        """Write what is known, as it was read."""
        return self.first_day.isoformat()[: _PRINTED_LENGTH[self.precision]]


def parse_day(text: str) -> date:
    """Read a full day YYYY-MM-DD, in the future or not; raises `DateError`."""
    partial = PartialDate.parse(text, today=date.max)
    if partial.precision is not Precision.DAY:
        raise DateError("date-unreadable")
    return partial.first_day
