"""The days from and until which an agreement holds, in the ways in which tables write them."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.words import fold

FORMS = (
    *("{mon}/{yy}", "{mon} {yyyy}", "{mon}/{yyyy}"),
    *("{yyyy}-{mm}-{dd}", "{yyyy}-{mm}", "{yyyy}/{mm}/{dd}"),
    *("{yyyy}年{m}月{d}日", "{yyyy}年{m}月"),
)
"""`09/05` is none of them: nobody knows which is the month."""

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = ("", *_NAMES.split())
_CENTURY = 100
_PLACES = {
    "mon": r"(?P<mon>[a-z]{3})",
    "yy": r"(?P<yy>\d\d)",
    "yyyy": r"(?P<yyyy>\d{4})",
    "mm": r"(?P<m>\d\d)",
    "m": r"(?P<m>\d\d?)",
    "dd": r"(?P<d>\d\d)",
    "d": r"(?P<d>\d\d?)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A day or month as printed in one of the forms; a month is all of its days."""

    first: date
    last: date
    form: str

    def __str__(self) -> str:
        """Print it as it stood."""
        day = self.first
        return self.form.format(
            mon=_MONTHS[day.month].title(),
            yy=f"{day.year % _CENTURY:02d}",
            yyyy=f"{day.year:04d}",
            mm=f"{day.month:02d}",
            m=day.month,
            dd=f"{day.day:02d}",
            d=day.day,
        )


def read_stamp(text: str, years_from: int) -> Stamp:
    """Read a day or month; two-digit years are those of the hundred years from `years_from` on.

    Raises `Unread`.
    """
    written = " ".join(fold(text)).replace(" / ", "/").replace(" - ", "-")
    for form in FORMS:
        found = _pattern(form).fullmatch(written)
        if found is not None:
            return _stamp(form, found.groupdict(), years_from, text)
    raise Unread(Why.DATES, text)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(form.format(**_PLACES), re.ASCII)


def _stamp(form: str, parts: dict[str, str], years_from: int, text: str) -> Stamp:
    month = parts.get("m") or "0"
    try:
        number = _MONTHS.index(parts["mon"]) if "mon" in parts else int(month)
        year = int(parts.get("yyyy") or years_from + (int(parts["yy"]) - years_from) % _CENTURY)
        first = date(year, number, int(parts.get("d") or "1"))
    except ValueError:
        raise Unread(Why.DATES, text) from None
    last = first if "d" in parts else first.replace(day=calendar.monthrange(year, number)[1])
    return Stamp(first=first, last=last, form=form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days on which an agreement holds, both inclusive; without a last one for ever."""

    starts: date
    ends: date | None = None

    @property
    def last(self) -> date:
        """The last day, or the last of the calendar."""
        return self.ends or date.max

    def overlaps(self, other: "Period") -> bool:
        """Say whether both hold on some day."""
        return self.starts <= other.last and other.starts <= self.last
