"""Working days: weekdays less public holidays, and the weekend days that are worked instead."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeAlias, cast

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.plain_yaml import load_plain_yaml

_FILE = Path(__file__).with_suffix(".yaml")
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)

_Year: TypeAlias = dict[str, str | list[str]]
_Years: TypeAlias = dict[str, _Year]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """A calendar; in a year that is not among `years` every weekday is worked and nothing else."""

    years: Collection[int]
    holidays: frozenset[date]
    worked_weekends: frozenset[date]
    sources: Mapping[int, str] = field(default_factory=dict)
    """The document that each year is taken from."""

    def is_worked(self, day: date) -> bool:
        """Say whether offices work on a day."""
        if day.weekday() >= _SATURDAY:
            return day in self.worked_weekends
        return day not in self.holidays

    def after(self, start: date, count: int) -> date:
        """Give the `count`-th working day after `start`, which itself does not count."""
        day = start
        while count:
            day += _ONE_DAY
            count -= self.is_worked(day)
        return day

    def count(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`; none where `end` is past."""
        days = max((end - start).days, 0)
        return sum(self.is_worked(start + _ONE_DAY * (number + 1)) for number in range(days))


@cache
def mainland_working_days() -> WorkingDays:
    """Give the calendar of mainland China, as `working_days.yaml` has it with its sources."""
    return read_working_days(shipped_working_days())


@lru_cache(maxsize=8)
def read_working_days(*texts: str) -> WorkingDays:
    """Read files of the form of `working_days.yaml`; of a year in several the last counts.

    The same texts are read once: pages ask for the calendar each time.

    Raises `InvalidInput` ("working-days-wrong") naming the year whose days cannot be.
    """
    years: _Years = {}
    for text in texts:
        years |= cast("_Years", load_plain_yaml(text))
    problems = [
        FieldProblem(field=number, code="working-days-wrong")
        for number, year in years.items()
        if not _is_year(number, year)
    ]
    if problems:
        raise InvalidInput(problems)
    return WorkingDays(
        years=frozenset(map(int, years)),
        holidays=_days(years, "holidays"),
        worked_weekends=_days(years, "worked_weekends"),
        sources={int(number): str(year["source"]) for number, year in years.items()},
    )


def load_working_days(newer: Path) -> WorkingDays:
    """Give the shipped calendar with the years of a file of the bank's own, if there is one."""
    texts = [newer.read_text("utf-8")] if newer.exists() else []
    return read_working_days(shipped_working_days(), *texts)


def shipped_working_days() -> str:
    """Give the text of the calendar that is shipped."""
    return _FILE.read_text("utf-8")


def _is_year(number: str, year: object) -> bool:
    """Say whether a year has its source, holidays on weekdays and worked days on weekends."""
    try:
        named = {number: cast("_Year", year)}
        return (
            bool(named[number]["source"])
            and all(day.weekday() < _SATURDAY for day in _days(named, "holidays"))
            and all(day.weekday() >= _SATURDAY for day in _days(named, "worked_weekends"))
        )
    except (KeyError, TypeError, ValueError):
        return False


def _days(years: "_Years", kind: str) -> frozenset[date]:
    return frozenset(
        date.fromisoformat(f"{number}-{day}")
        for number, year in years.items()
        for day in year[kind]
    )
