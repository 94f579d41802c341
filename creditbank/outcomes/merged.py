"""Outcomes of merged accounts: which are one result with another, and how they are recognised.

Two accounts have two keys, so that one result has two natural tags; under the key of the account
that goes on they are compared. Rows stay with the account that earned them, under its own key.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Executable, Select, bindparam, delete, select
from sqlmodel import SQLModel, col

from creditbank.database import chunks, table_of
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.outcomes.queries import StoredOutcome
from creditbank.outcomes.records import Known, Recorded
from creditbank.outcomes.stated import stated_natural_key
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.tables import MergedOutcomeRow, OutcomeRow
from creditbank.writer.command import Rows
from ledger.statement import JSONValue


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedOutcome:
    """A stored `MergedOutcomeRow`."""

    outcome_id: str
    account_id: str
    tag: bytes | None
    same_as_id: str | None
    sealed_stated: bytes | None

    def stated(self, survivor: AccountKey) -> dict[str, JSONValue]:
        """Open what it states, with the number of the account that goes on."""
        opened: dict[str, JSONValue] = orjson.loads(
            survivor.open(_place(self.outcome_id), self.sealed_stated or b"")
        )
        return opened


def as_merged(
    outcomes: Sequence[StoredOutcome],
    merged: AccountKey,
    survivor: AccountKey,
    standing: Mapping[bytes, str],
    entropy: Callable[[int], bytes],
) -> list[MergedOutcome]:
    """Say of each standing outcome of a merged account what it is in the account that goes on.

    `standing` gives the outcome that has each natural tag there already.
    """
    return [
        _as_merged(one, merged, survivor, standing, entropy)
        for one in outcomes
        if one.natural_tag is not None
    ]


def _as_merged(
    outcome: StoredOutcome,
    merged: AccountKey,
    survivor: AccountKey,
    standing: Mapping[bytes, str],
    entropy: Callable[[int], bytes],
) -> MergedOutcome:
    stated = stated_in_survivor(outcome, merged, survivor)
    tag = survivor.natural_tag(stated_natural_key(stated, outcome.institution_id))
    same_as = standing.get(tag)
    sealed = None
    if same_as is None:
        sealed = survivor.seal(_place(outcome.id), orjson.dumps(stated), entropy)
    return MergedOutcome(
        outcome_id=outcome.id,
        account_id=survivor.account_id,
        tag=tag if same_as is None else None,
        same_as_id=same_as,
        sealed_stated=sealed,
    )


def stated_in_survivor(
    outcome: StoredOutcome, merged: AccountKey, survivor: AccountKey
) -> dict[str, JSONValue]:
    """Give what an outcome of a merged account would state under the other number."""
    statement = open_statement(merged, "outcome", outcome.id, outcome.sealed_statement)
    return {**fields_of(statement), "account_number": survivor.number}


def merged_rows(some: Sequence[MergedOutcome]) -> dict[type[SQLModel], Rows]:
    """Give the rows that these add."""
    names = MergedOutcome.__slots__
    return {MergedOutcomeRow: [{name: getattr(one, name) for name in names} for one in some]}


def part_outcomes(outcome_ids: Collection[str]) -> Executable:
    """Give the change by which outcomes belong to their own account alone again."""
    return delete(MergedOutcomeRow).where(col(MergedOutcomeRow.outcome_id).in_(outcome_ids))


def merged_outcomes(
    connection: Connection, survivor_ids: Collection[str] | None = None
) -> list[MergedOutcome]:
    """Give the outcomes that were merged into these accounts, or all of them, in order."""
    wanted = _MERGED.order_by(col(MergedOutcomeRow.outcome_id))
    if survivor_ids is not None:
        wanted = wanted.where(col(MergedOutcomeRow.account_id).in_(survivor_ids))
    return [MergedOutcome(**row) for row in connection.execute(wanted).mappings()]


def known_by_merge(
    connection: Connection, tags: Mapping[bytes, AccountKey]
) -> Iterator[tuple[bytes, Known]]:
    """Give what is known of results, by tag, that lie in merged accounts and were not made void."""
    for chunk in chunks(list(tags)):
        for row in connection.execute(_KNOWN, {"tags": chunk}).mappings():
            facts = dict(row)
            index, status = facts.pop("entry_index"), facts.pop("status")
            one = MergedOutcome(**facts)
            recorded = Recorded(outcome_id=one.outcome_id, entry_index=index, is_duplicate=False)
            stated = one.stated(tags[row["tag"]])
            yield row["tag"], Known(recorded=recorded, status=status, stated=stated)


def same_results(connection: Connection, outcome_ids: Collection[str]) -> dict[str, str]:
    """Give for those of these outcomes that are the same result as another which one that is."""
    found: dict[str, str] = {}
    for chunk in chunks(list(outcome_ids)):
        wanted = select(col(MergedOutcomeRow.outcome_id), col(MergedOutcomeRow.same_as_id)).where(
            col(MergedOutcomeRow.outcome_id).in_(chunk),
            col(MergedOutcomeRow.same_as_id).is_not(None),
        )
        found.update((row.outcome_id, row.same_as_id) for row in connection.execute(wanted))
    return found


_COLUMNS = [table_of(MergedOutcomeRow).c[name] for name in MergedOutcome.__slots__]
_MERGED = select(*_COLUMNS)
_KNOWN: Select[*tuple[object, ...]] = (
    select(*_COLUMNS, col(OutcomeRow.entry_index), col(OutcomeRow.status))
    .join(OutcomeRow, col(OutcomeRow.id) == col(MergedOutcomeRow.outcome_id))
    .where(
        col(MergedOutcomeRow.tag).in_(bindparam("tags", expanding=True)),
        col(OutcomeRow.status) != OutcomeStatus.VOID,
    )
)


def _place(outcome_id: str) -> bytes:
    return place(str(MergedOutcomeRow.__tablename__), outcome_id, "sealed_stated")
