"""Working days: weekdays less public holidays, and the weekend days that are worked instead."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeAlias, cast

from creditbank.plain_yaml import load_plain_yaml

_FILE = Path(__file__).with_suffix(".yaml")
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)

_Years: TypeAlias = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """A calendar; in a year that is not among `years` every weekday is worked and nothing else."""

    years: Collection[int]
    holidays: frozenset[date]
    worked_weekends: frozenset[date]

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
    years = cast("_Years", load_plain_yaml(_FILE.read_text("utf-8")))
    return WorkingDays(
        years=frozenset(map(int, years)),
        holidays=_days(years, "holidays"),
        worked_weekends=_days(years, "worked_weekends"),
    )


def _days(years: _Years, kind: str) -> frozenset[date]:
    return frozenset(
        date.fromisoformat(f"{number}-{day}")
        for number, year in years.items()
        for day in year[kind]
    )
