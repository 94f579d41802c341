"""Questions about measures."""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import stream, table_of
from creditbank.errors import Refusal
from creditbank.institutions.tree import Tree
from creditbank.measures.measure import Measure, MeasureState
from creditbank.measures.tables import MeasureOutcomeRow, MeasureRow

_COLUMNS = [table_of(MeasureRow).c[name] for name in Measure.__slots__]
_NAMED = select(*_COLUMNS).where(among(col(MeasureRow.id)))
_LISTED = (
    select(col(MeasureOutcomeRow.outcome_id))
    .where(col(MeasureOutcomeRow.measure_id) == bindparam("measure"))
    .order_by(col(MeasureOutcomeRow.outcome_id))
)
_LISTING = select(col(MeasureOutcomeRow.outcome_id), col(MeasureOutcomeRow.measure_id)).where(
    among(col(MeasureOutcomeRow.outcome_id))
)


def find_measures(connection: Connection, ids: Collection[str]) -> dict[str, Measure]:
    """Give those of these measures that exist, by id."""
    return {row["id"]: Measure(**row) for row in rows_among(connection, _NAMED, ids)}


def get_measure(connection: Connection, measure_id: str, tree: Tree, above: str) -> Measure:
    """Give a measure of an institution or of one below it; raises `Refusal("not-found")`."""
    found = find_measures(connection, [measure_id]).get(measure_id)
    if found is None or not tree.covers(above, found.institution_id):
        raise Refusal("not-found")
    return found


def running_measures(connection: Connection) -> list[Measure]:
    """Give the measures that are not done yet, in the order of the ledger."""
    wanted = select(*_COLUMNS).where(col(MeasureRow.state) == MeasureState.RUNNING.value)
    ordered = wanted.order_by(col(MeasureRow.entry_index))
    return [Measure(**row) for row in connection.execute(ordered).mappings()]


def listed_outcomes(connection: Connection, measure_id: str) -> list[str]:
    """Give the ids of the outcomes on the list of a measure, in their order."""
    return list(connection.scalars(_LISTED, {"measure": measure_id}))


def acts_on(connection: Connection, outcome_ids: Collection[str]) -> dict[str, list[Measure]]:
    """Give the measures on whose lists these outcomes are, by outcome, in ledger order."""
    listed: dict[str, list[str]] = {}
    for row in rows_among(connection, _LISTING, outcome_ids):
        listed.setdefault(row["outcome_id"], []).append(row["measure_id"])
    measures = find_measures(connection, {one for some in listed.values() for one in some})
    return {
        outcome_id: sorted((measures[one] for one in some), key=lambda one: one.entry_index)
        for outcome_id, some in listed.items()
    }


def measure_entries(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every measure, by ascending index."""
    wanted = select(col(MeasureRow.entry_index), col(MeasureRow.id))
    for row in stream(connection, wanted.order_by(col(MeasureRow.entry_index))):
        yield row[0], row[1]
