"""Questions about accounts that were merged."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.closures.tables import AccountMergeRow
from creditbank.credits.history import Together
from creditbank.database import stream, table_of
from creditbank.learners.account_state import StateAct
from creditbank.learners.queries import pseudonyms_among


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMerge:
    """One stored entry of a merge or of its undoing; its statement is still under seal."""

    id: str
    account_id: str
    act: str
    merged_id: str | None
    survivor_id: str | None
    decided_by: str
    entry_index: int
    sealed_statement: bytes


_MERGES = select(*(table_of(AccountMergeRow).c[name] for name in StoredMerge.__slots__))
_OF_ACCOUNTS = _MERGES.where(among(col(AccountMergeRow.account_id)))
_NAMED = _MERGES.where(among(col(AccountMergeRow.id)))


def merges_of(connection: Connection, account_ids: Collection[str]) -> list[StoredMerge]:
    """Give the entries under the keys of these accounts, in the order of the ledger."""
    found = [StoredMerge(**row) for row in rows_among(connection, _OF_ACCOUNTS, account_ids)]
    return sorted(found, key=lambda one: one.entry_index)


def merged_accounts(connection: Connection) -> list[str]:
    """Give every account that was ever merged into another."""
    found = connection.scalars(select(col(AccountMergeRow.merged_id)).distinct())
    return [one for one in found if one is not None]


def find_merges(connection: Connection, ids: Collection[str]) -> dict[str, StoredMerge]:
    """Give those of these entries that exist, by id."""
    return {row["id"]: StoredMerge(**row) for row in rows_among(connection, _NAMED, ids)}


def merge_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every entry, or of an account's, by ascending index."""
    wanted = select(col(AccountMergeRow.entry_index), col(AccountMergeRow.id))
    if account_id is not None:
        wanted = wanted.where(col(AccountMergeRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(AccountMergeRow.entry_index))):
        yield row[0], row[1]


def merged_with(connection: Connection, account_ids: Collection[str]) -> dict[str, list[Together]]:
    """Give what was merged into each of these accounts, and when, by the entries under its key."""
    entries = [
        one for one in merges_of(connection, account_ids) if one.account_id == one.survivor_id
    ]
    erased = pseudonyms_among(connection, {one.merged_id or "" for one in entries})
    found: dict[str, list[Together]] = {}
    for at, one in enumerate(entries):
        if one.act == StateAct.MERGE:
            later = (
                each.entry_index
                for each in entries[at + 1 :]
                if (each.account_id, each.merged_id) == (one.account_id, one.merged_id)
            )
            merged = None if one.merged_id in erased else one.merged_id
            together = Together(account_id=merged, since=one.entry_index, until=next(later, None))
            found.setdefault(one.account_id, []).append(together)
    return found


def standing_merges(connection: Connection, account_ids: Collection[str]) -> dict[str, str]:
    """Give for those of these accounts that are merged, by their entries, into which other."""
    return standing_among(merges_of(connection, account_ids))


def standing_among(entries: Collection[StoredMerge]) -> dict[str, str]:
    """Give which account goes on in which other, by entries in the order of the ledger."""
    standing: dict[str, str] = {}
    for one in entries:
        if one.merged_id is None or one.survivor_id is None:
            continue  # One of the two was erased, after they were parted.
        if one.act == StateAct.MERGE:
            standing[one.merged_id] = one.survivor_id
        else:
            standing.pop(one.merged_id, None)
    return standing
