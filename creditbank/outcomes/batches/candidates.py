"""What each row of a file is: a posting, a result that was not awarded, or a row with problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.damage import damage_problems
from creditbank.outcomes.batches.lookups import OpenTable, Tables
from creditbank.outcomes.batches.mapping import ImportMapping
from creditbank.outcomes.batches.readers import CourseFacts, Fault, Read, Readers
from creditbank.outcomes.batches.rows import Cells, RawRow, RowProblem
from creditbank.outcomes.batches.sources import NOT_AWARDED, Column, Constant, Source
from creditbank.outcomes.batches.written_dates import DATE_FIELDS, plain_date
from creditbank.outcomes.posting import (
    AMOUNTS,
    CODE_FIELDS,
    IDENTIFYING,
    PostedOutcome,
    identity_problems,
    parse_posting,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAwarded:
    """A row that is valid but holds no achievement, by the mapping's table of results."""

    number: int


Candidate = PostedOutcome | NotAwarded | RowProblem


def prepare(
    mapping: ImportMapping, open_table: OpenTable, *, today: date, catalogue: CourseFacts
) -> "Evaluator":
    """Load what rows will be looked up in, once; raises `InvalidInput` as `Tables` does."""
    readers = Readers(mapping=mapping, tables=Tables(mapping, open_table), catalogue=catalogue)
    conditions = [(readers.make(one.source), frozenset(one.values)) for one in mapping.only_where]
    return Evaluator(
        mapping=mapping,
        conditions=conditions,
        reads={name: _reader(name, source, readers) for name, source in mapping.fields.items()},
        today=today,
    )


def _reader(name: str, source: Source, readers: Readers) -> Read:
    read = readers.make(source)
    if name not in DATE_FIELDS or not isinstance(source, Column) or source.values is not None:
        return read
    return lambda cells: plain_date(read(cells))


class Evaluator:
    """Turns the rows of one mapping's main file into postings."""

    def __init__(
        self,
        mapping: ImportMapping,
        reads: Mapping[str, Read],
        today: date,
        conditions: Sequence[tuple[Read, frozenset[str]]] = (),
    ) -> None:
        self._conditions = conditions
        self._mapping = mapping
        self._today = today
        self._reads = reads
        self._damageable = _damageable(mapping)
        self._identifying = {name: read for name, read in reads.items() if name in IDENTIFYING}
        self._result_place, self._not_awarded = _not_awarded_values(mapping)
        scale = mapping.fields.get("grade_scale")
        self._scale_follows_grade = "grade" in reads and isinstance(scale, Constant)

    def candidate(self, row: RawRow) -> Candidate:
        """Say what a row is; a row with problems names every wrong field.

        A result that was not awarded is only asked whose it is, of which course and term. A
        constant grade scale is stated only where there is a grade.
        """
        cells = row.cells
        is_awarded = cells[self._result_place] not in self._not_awarded
        try:
            is_awarded = is_awarded and self._is_result(cells)
            if is_awarded:
                self._require_undamaged(cells)
                return self._posting({name: read(cells) for name, read in self._reads.items()})
            self._require_identity({name: read(cells) for name, read in self._identifying.items()})
        except (Fault, InvalidInput):
            return RowProblem(
                number=row.number, problems=self._problems(cells, is_awarded=is_awarded)
            )
        return NotAwarded(number=row.number)

    def _posting(self, fields: dict[str, str]) -> PostedOutcome:
        if self._scale_follows_grade and not fields.get("grade"):
            fields.pop("grade_scale", None)
        return parse_posting(fields, today=self._today)

    def _is_result(self, cells: Cells) -> bool:
        return all(read(cells) in values for read, values in self._conditions)

    def _require_undamaged(self, cells: Cells) -> None:
        problems = damage_problems(cells, self._damageable)
        if problems:
            raise InvalidInput(problems)

    def _require_identity(self, fields: dict[str, str]) -> None:
        problems = identity_problems(fields, today=self._today)
        if problems:
            raise InvalidInput(problems)

    def _problems(self, cells: Cells, *, is_awarded: bool) -> Sequence[FieldProblem]:
        """Read the row again to the end: what sources cannot give first, then what is malformed."""
        fields: dict[str, str] = {}
        damaged = damage_problems(cells, self._damageable) if is_awarded else ()
        faults = {one.field: one for one in damaged}
        unread = set(faults)
        for name, read in (self._reads if is_awarded else self._identifying).items():
            try:
                fields[name] = read(cells)
            except Fault as fault:
                blamed = fault.field or name
                faults[blamed] = FieldProblem(field=blamed, code=fault.code, facts=fault.facts)
                unread |= {name, blamed}
        if not unread.isdisjoint(AMOUNTS):
            unread.update(AMOUNTS)
        malformed: Sequence[FieldProblem] = ()
        try:
            (self._posting if is_awarded else self._require_identity)(fields)
        except InvalidInput as refusal:
            malformed = [one for one in refusal.problems if one.field not in unread]
        if is_awarded and not faults:
            faults = self._condition_faults(cells)
        return [self._located(problem) for problem in (*faults.values(), *malformed)]

    def _condition_faults(self, cells: Cells) -> dict[str, FieldProblem]:
        try:
            self._is_result(cells)
        except Fault as fault:
            name = fault.field or "only_where"
            return {name: FieldProblem(field=name, code=fault.code, facts=fault.facts)}
        return {}

    def _located(self, problem: FieldProblem) -> FieldProblem:
        """Add the column that a field came from, where it goes by another name."""
        source = self._mapping.fields.get(problem.field)
        if not isinstance(source, Column) or source.column == problem.field:
            return problem
        return replace(problem, facts={**problem.facts, "column": source.column})


def _damageable(mapping: ImportMapping) -> dict[str, int]:
    """Give the places of the cells that are read as they stand and that spreadsheets damage."""
    sources = {name: mapping.fields.get(name) for name in (*CODE_FIELDS, "awarded_on")}
    return {
        name: mapping.columns.index(source.column)
        for name, source in sources.items()
        if isinstance(source, Column) and source.values is None
    }


def _not_awarded_values(mapping: ImportMapping) -> tuple[int, frozenset[str]]:
    """Give the place of the result's cell, and the values of it that are no achievement."""
    source = mapping.fields["result"]
    if not isinstance(source, Column):
        return 0, frozenset()
    values = frozenset(
        raw for raw, result in (source.values or {}).items() if result == NOT_AWARDED
    )
    return mapping.columns.index(source.column), values
