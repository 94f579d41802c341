"""Each source of a mapping as a function from a row's cells to the field's text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from creditbank.errors import Fact
from creditbank.outcomes.batches.lookups import Tables
from creditbank.outcomes.batches.mapping import ImportMapping
from creditbank.outcomes.batches.rows import Cells, picker
from creditbank.outcomes.batches.sources import (
    Catalogue,
    CatalogueField,
    Column,
    Constant,
    DatePlusDays,
    Lookup,
    Source,
    WeightedMean,
)
from creditbank.outcomes.dates import DateError, parse_day

CourseFacts = Mapping[str, Mapping[str, str]]
"""What the course catalogue says by course code: decimal strings of credits and hours."""

Read = Callable[[Cells], str]
"""Gives a field's text, empty where it is not stated; raises `Fault`."""

_SHIFTS_KEPT = 1024
_KNOWN_SHOWN = 20
_DAYS_DIGITS_MAX = 5


class Fault(Exception):
    """A source has no answer for a row; `field` is set where another field is to blame."""

    def __init__(self, code: str, *, field: str | None = None, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts: Mapping[str, Fact] = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Makes the readers of one mapping over its loaded tables and the course catalogue."""

    mapping: ImportMapping
    tables: Tables
    catalogue: CourseFacts

    def make(self, source: Source) -> Read:
        """Give the function that reads a source."""
        match source:
            case Constant(constant=text):
                return lambda _: text
            case Column():
                return self._column(source)
            case Lookup():
                return self._lookup(source)
            case Catalogue(catalogue=field):
                return self._catalogue(field)
            case WeightedMean(weighted_mean=mean):
                means, pick = self.tables.weighted_means(mean), self._picker(mean.key)
                return lambda cells: means.get(pick(cells), "")
            case DatePlusDays(date_plus_days=shift):
                start, days = self.make(shift.date), self.make(shift.days)
                return lambda cells: _shifted(start(cells), days(cells))

    def _picker(self, columns: Sequence[str]) -> Callable[[Cells], Cells]:
        return picker([self.mapping.columns.index(column) for column in columns])

    def _column(self, source: Column) -> Read:
        place = self.mapping.columns.index(source.column)
        if source.values is None:
            return lambda cells: cells[place]
        if source.others == "keep":
            values = source.values
            return lambda cells: values.get(cells[place], cells[place])
        translated = _translator(source.values)
        return lambda cells: translated(cells[place])

    def _lookup(self, source: Lookup) -> Read:
        table = self.mapping.tables[source.table]
        found, pick = self.tables.lookup(source.table), self._picker(source.key)
        place = table.columns.index(source.column)

        def read(cells: Cells) -> str:
            row = found.get(pick(cells))
            if row is None:
                raise Fault("lookup-missing", table=table.file)
            return row[place]

        if source.values is None:
            return read
        translated = _translator(source.values)
        return lambda cells: translated(read(cells))

    def _catalogue(self, field: CatalogueField) -> Read:
        course, catalogue = self.make(self.mapping.fields["course"]), self.catalogue

        def read(cells: Cells) -> str:
            try:
                code = course(cells)
            except Fault as fault:
                raise Fault(fault.code, field="course", **fault.facts) from None
            if not code:
                return ""
            facts = catalogue.get(code)
            if facts is None:
                raise Fault("course-unknown", field="course")
            return facts.get(field, "")

        return read


def _translator(listed: Mapping[str, str]) -> Callable[[str], str]:
    """Make the function that translates a text by a table that must list every value."""
    values: Mapping[str, str] = {"": "", **listed}
    known = tuple(listed)[:_KNOWN_SHOWN]

    def translated(raw: str) -> str:
        text = values.get(raw)
        if text is None:
            raise Fault("value-not-listed", known=known)
        return text

    return translated


@lru_cache(maxsize=_SHIFTS_KEPT)
def _shifted(start: str, days: str) -> str:
    if not start or not days:
        return ""
    if not (days.isascii() and days.isdigit() and len(days) <= _DAYS_DIGITS_MAX):
        raise Fault("days-unreadable")
    try:
        return (parse_day(start) + timedelta(days=int(days))).isoformat()
    except DateError as error:
        raise Fault(error.code) from None
    except OverflowError:
        raise Fault("date-impossible") from None
