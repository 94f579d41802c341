"""What befell outcomes 冻结、解除、年审, as it is stored and read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import stream, table_of
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.outcomes.tables import OutcomeEventRow, OutcomeRow
from ledger.statement import JSONValue


class EventKind(StrEnum):
    """What befell an outcome."""

    SUSPENDED = "suspended"  # 冻结
    LIFTED = "lifted"  # 解除冻结
    EXTENDED = "extended"  # 年审


LEAF_KINDS: Mapping[EventKind, str] = {
    EventKind.SUSPENDED: "suspend",
    EventKind.LIFTED: "suspend",
    EventKind.EXTENDED: "extend",
}
"""The type of leaf that records each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A stored suspension, its lifting, or an extension; why is under seal."""

    id: str
    outcome_id: str
    kind: str
    posted_with: str
    entry_index: int
    sealed_statement: bytes

    def stated(self, key: AccountKey) -> Mapping[str, JSONValue]:
        """Open what is stated of it; raises `SealBroken`."""
        table = str(OutcomeEventRow.__tablename__)
        return open_fields(key, table, self.id, self.sealed_statement)


_EVENTS = select(*(table_of(OutcomeEventRow).c[name] for name in StoredEvent.__slots__))
_OF_OUTCOMES = _EVENTS.where(among(col(OutcomeEventRow.outcome_id))).order_by(
    col(OutcomeEventRow.entry_index)
)
_NAMED = _EVENTS.where(among(col(OutcomeEventRow.id)))


def events_of(connection: Connection, outcome_ids: Collection[str]) -> dict[str, list[StoredEvent]]:
    """Give what befell these outcomes, by outcome, each in the order of the ledger."""
    found: dict[str, list[StoredEvent]] = {}
    for row in rows_among(connection, _OF_OUTCOMES, outcome_ids):
        found.setdefault(row["outcome_id"], []).append(StoredEvent(**row))
    return found


def is_suspended(events: Sequence[StoredEvent], before: int | None = None) -> bool:
    """Say whether an outcome's events left it suspended, today or before an index of the log."""
    status = [
        one.kind
        for one in events
        if one.kind != EventKind.EXTENDED and (before is None or one.entry_index < before)
    ]
    return bool(status) and status[-1] == EventKind.SUSPENDED


def find_events(connection: Connection, ids: Collection[str]) -> dict[str, StoredEvent]:
    """Give those of these events that exist, by id."""
    return {row["id"]: StoredEvent(**row) for row in rows_among(connection, _NAMED, ids)}


def event_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every event, or of those of an account's outcomes, by index."""
    wanted = select(col(OutcomeEventRow.entry_index), col(OutcomeEventRow.id))
    if account_id is not None:
        wanted = wanted.join(OutcomeRow, col(OutcomeRow.id) == col(OutcomeEventRow.outcome_id))
        wanted = wanted.where(col(OutcomeRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(OutcomeEventRow.entry_index))):
        yield row[0], row[1]
