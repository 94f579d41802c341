"""From a row to a candidate: a posting, a result that earns no outcome, or the row's problems."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.mapping import (
    NOT_AWARDED,
    CatalogueSource,
    Column,
    Constant,
    DatePlusDaysSource,
    ImportMapping,
    Lookup,
    LookupSource,
    Source,
    ValueTable,
    WeightedMeanSource,
    columns_of,
)
from creditbank.outcomes.batches.rows import RawRow
from creditbank.outcomes.batches.tables import Key, OpenTable, read_lookup, read_means
from creditbank.outcomes.posting import PostedOutcome, parse_posting

Catalogue = Mapping[str, Mapping[str, str]]
Values = tuple[str, ...]
Give = Callable[[Values], str | None]

_DAYS_MAX = 4_000


@dataclass(frozen=True, slots=True)
class NotAwarded:
    """A valid row whose result earns no outcome."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be a posting, with every problem."""

    problems: tuple[FieldProblem, ...]


Candidate = PostedOutcome | NotAwarded | Wrong


class _RowError(Exception):
    """One field of one row has no value; carries the problem's code and facts."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Evaluator:
    """Gives the candidate of each row of one file, its other files read once beforehand."""

    def __init__(
        self,
        mapping: ImportMapping,
        *,
        open_table: OpenTable,
        catalogue: Catalogue,
        today: date,
    ) -> None:
        self.columns = sorted(
            {column for source in mapping.fields.values() for column in columns_of(source)}
        )
        self._today = today
        self._place = {column: place for place, column in enumerate(self.columns)}
        self._mapping, self._open_table, self._catalogue = mapping, open_table, catalogue
        self._course = self._giver(mapping.fields.get("course", Constant(constant="")))
        self._fields = [(name, self._giver(one)) for name, one in mapping.fields.items()]

    def candidate(self, row: RawRow) -> Candidate:
        """Evaluate every field of a row, then read them as a posting."""
        fields: dict[str, str | None] = {}
        problems: list[FieldProblem] = []
        for name, give in self._fields:
            try:
                fields[name] = give(row.values)
            except _RowError as error:
                problems.append(FieldProblem(field=name, code=error.code, facts=error.facts))
        if fields.get("result") == NOT_AWARDED and not problems:
            return NotAwarded()
        if problems:
            return Wrong(tuple(problems))
        try:
            return parse_posting(fields, today=self._today)
        except InvalidInput as error:
            return Wrong(error.problems)

    def _giver(self, source: Source) -> Give:  # noqa: PLR0911 - one return a kind of source
        match source:
            case Column(column=column):
                place = self._place[column]
                return lambda values: values[place]
            case Constant(constant=constant):
                return lambda _values: constant
            case ValueTable(column=column, values=table):
                return _from_table(self._place[column], table)
            case LookupSource(lookup=lookup):
                return self._looked_up(lookup)
            case CatalogueSource(catalogue=amount):
                return lambda values: self._catalogued(values, amount)
            case WeightedMeanSource(weighted_mean=mean):
                means = read_means(self._mapping, mean, self._open_table)
                key = self._key(mean.match)
                return lambda values: means.get(key(values))
            case DatePlusDaysSource(date_plus_days=parts):
                return _later(self._giver(parts.date), self._giver(parts.days))

    def _looked_up(self, lookup: Lookup) -> Give:
        found = read_lookup(self._mapping, lookup, self._open_table)
        key = self._key(lookup.match)

        def give(values: Values) -> str:
            text = found.get(key(values))
            if text is None:
                raise _RowError("lookup-missing", table=lookup.table)
            return text

        return give

    def _key(self, match: Mapping[str, str]) -> Callable[[Values], Key]:
        places = [self._place[column] for column in match.values()]
        return lambda values: tuple(values[place] for place in places)

    def _catalogued(self, values: Values, amount: str) -> str | None:
        course = self._catalogue.get(self._course(values) or "")
        if course is None:
            raise _RowError("course-unknown")
        return course.get(amount)


def _from_table(place: int, table: Mapping[str, str]) -> Give:
    def give(values: Values) -> str:
        text = table.get(values[place])
        if text is None:
            raise _RowError("value-not-mapped", value=values[place])
        return text

    return give


def _later(give_date: Give, give_days: Give) -> Give:
    def give(values: Values) -> str:
        day, days = give_date(values) or "", give_days(values) or ""
        is_count = days.isascii() and days.isdigit() and int(days) <= _DAYS_MAX
        try:
            start = date.fromisoformat(day)
        except ValueError:
            raise _RowError("date-unreadable") from None
        if not is_count:
            raise _RowError("days-unreadable")
        return (start + timedelta(days=int(days))).isoformat()

    return give
