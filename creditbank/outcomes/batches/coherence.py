"""Whether the parts of a mapping fit each other: every name that is used was declared."""

from collections.abc import Iterator, Mapping, Sequence

from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.sources import (
    NOT_AWARDED,
    Column,
    Condition,
    DatePlusDays,
    Lookup,
    Source,
    Table,
    WeightedMean,
)
from creditbank.outcomes.posting import NAMING, REQUIRED
from creditbank.outcomes.texts import LENGTHS

Tables = Mapping[str, Table]
Cells = tuple[str, ...]


def incoherences(
    fields: Mapping[str, Source], tables: Tables, only_where: Sequence[Condition] = ()
) -> Iterator[FieldProblem]:
    """Name by its path everything that does not fit.

    Codes: `field-missing`, `learner-missing`, `field-unknown`,
    `mapping-not-awarded-elsewhere`, `table-unknown`, `table-key-differs`, `table-column-unknown`,
    `table-join-circular`.
    """
    for name in REQUIRED:
        if name not in fields:
            yield FieldProblem(field=f"fields.{name}", code="field-missing")
    if not fields.keys() & {*NAMING, "learner_name"}:
        yield FieldProblem(field="fields.learner", code="learner-missing")
    for name, table in tables.items():
        yield from _join_problems(f"tables.{name}.join", table, tables)
    for place, condition in enumerate(only_where):
        yield from _source_problems(f"only_where.{place}", condition.source, tables)
    for name, source in fields.items():
        if name not in LENGTHS:
            yield FieldProblem(field=f"fields.{name}", code="field-unknown")
        yield from _source_problems(f"fields.{name}", source, tables)


def _source_problems(path: str, source: Source, tables: Tables) -> Iterator[FieldProblem]:
    match source:
        case Column(values=values):
            if path != "fields.result" and values and NOT_AWARDED in values.values():
                yield FieldProblem(field=f"{path}.values", code="mapping-not-awarded-elsewhere")
        case Lookup(table=table, key=key, column=column, values=values):
            if values and NOT_AWARDED in values.values():
                yield FieldProblem(field=f"{path}.values", code="mapping-not-awarded-elsewhere")
            yield from _use_problems(path, table, key, (column,), tables)
        case WeightedMean(weighted_mean=mean):
            used = (mean.value, mean.weight)
            yield from _use_problems(f"{path}.weighted_mean", mean.table, mean.key, used, tables)
        case DatePlusDays(date_plus_days=shift):
            yield from _source_problems(f"{path}.date_plus_days.date", shift.date, tables)
            yield from _source_problems(f"{path}.date_plus_days.days", shift.days, tables)
        case _:
            return


def _use_problems(
    path: str, name: str, key: Cells, used: Cells, tables: Tables
) -> Iterator[FieldProblem]:
    table = tables.get(name)
    if table is None:
        yield FieldProblem(field=f"{path}.table", code="table-unknown")
        return
    yield from _key_problems(f"{path}.key", key, table)
    for column in used:
        if column not in table.columns:
            facts = {"column": column, "known": table.columns}
            yield FieldProblem(field=path, code="table-column-unknown", facts=facts)


def _join_problems(path: str, table: Table, tables: Tables) -> Iterator[FieldProblem]:
    if table.join is None:
        return
    joined = tables.get(table.join.table)
    if joined is None:
        yield FieldProblem(field=f"{path}.table", code="table-unknown")
        return
    yield from _key_problems(f"{path}.on", table.join.on, joined)
    if _is_circular(table, tables):
        yield FieldProblem(field=f"{path}.table", code="table-join-circular")


def _is_circular(table: Table, tables: Tables) -> bool:
    """Say whether joins lead from a table on without end."""
    seen: list[str] = []
    following: Table | None = table
    while following is not None and following.join is not None:
        if following.join.table in seen:
            return True
        seen.append(following.join.table)
        following = tables.get(following.join.table)
    return False


def _key_problems(path: str, key: Cells, table: Table) -> Iterator[FieldProblem]:
    if not key or len(key) != len(table.key):
        yield FieldProblem(field=path, code="table-key-differs", facts={"key": table.key})
