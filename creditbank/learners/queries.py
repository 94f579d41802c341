"""Questions about accounts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select
from sqlmodel import SQLModel, col

from creditbank.among import among, rows_among
from creditbank.database import chunks, stream, table_of
from creditbank.learners.account_state import AccountState
from creditbank.learners.tables import (
    AccountDocumentRow,
    AccountNameRow,
    AccountRow,
    PseudonymRow,
)
from creditbank.writer.command import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAccount:
    """A stored account: its clear facts, and what was stated at its opening still under seal."""

    id: str
    state: str
    identity_level: int
    opened_by: str
    entry_index: int
    sealed_statement: bytes
    merged_into: str | None

    @property
    def is_unclaimed(self) -> bool:
        """True while nobody can sign in to it."""
        return self.state == AccountState.UNCLAIMED


_COLUMNS = [table_of(AccountRow).c[name] for name in StoredAccount.__slots__]
_NAMED = among(col(AccountRow.id))
_ACCOUNTS = select(*_COLUMNS).where(_NAMED)
_AS_ONE = (
    select(col(AccountRow.id), col(AccountRow.merged_into))
    .where(
        (col(AccountRow.id) == bindparam("one")) | (col(AccountRow.merged_into) == bindparam("one"))
    )
    .order_by(col(AccountRow.entry_index))
)
_POINTERS = select(col(AccountRow.id), col(AccountRow.merged_into)).where(_NAMED)
_STATES = select(col(AccountRow.id), col(AccountRow.state)).where(_NAMED)
_EXISTING = select(col(AccountRow.id)).where(_NAMED)
_LIMITED = _EXISTING.where(col(AccountRow.state) == AccountState.LIMITED)
_PSEUDONYMS = select(col(PseudonymRow.id)).where(among(col(PseudonymRow.id)))


def find_accounts(connection: Connection, ids: Collection[str]) -> dict[str, StoredAccount]:
    """Give those of these accounts that exist, by id."""
    return {row["id"]: StoredAccount(**row) for row in rows_among(connection, _ACCOUNTS, ids)}


def accounts_opened_by(connection: Connection, institution_id: str) -> list[str]:
    """Give the ids of the unclaimed accounts that an institution opened, oldest first."""
    wanted = select(col(AccountRow.id)).where(
        col(AccountRow.opened_by) == institution_id, col(AccountRow.state) == AccountState.UNCLAIMED
    )
    return list(connection.scalars(wanted.order_by(col(AccountRow.entry_index))))


def account_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every account, or of this one, by ascending index."""
    wanted = select(col(AccountRow.entry_index), col(AccountRow.id))
    if account_id is not None:
        wanted = wanted.where(col(AccountRow.id) == account_id)
    for row in stream(connection, wanted.order_by(col(AccountRow.entry_index))):
        yield row[0], row[1]


def existing_accounts(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Give those of these ids that are accounts."""
    return {row["id"] for row in rows_among(connection, _EXISTING, set(ids))}


def account_states(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Give the state of each of these ids that is an account."""
    return {row["id"]: row["state"] for row in rows_among(connection, _STATES, set(ids))}


def merged_pointers(connection: Connection, ids: Sequence[str]) -> dict[str, str | None]:
    """Give for each of these ids that is an account the one that it was merged into, if any."""
    rows = rows_among(connection, _POINTERS, set(ids))
    return {row["id"]: row["merged_into"] for row in rows}


def going_on(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Give for each of these ids the account that goes on for it: itself unless it was merged."""
    pointers = merged_pointers(connection, list(ids))
    return {one: pointers.get(one) or one for one in ids}


def accounts_as_one(connection: Connection, account_id: str) -> list[str]:
    """Give all accounts of the person who has this one: first the one that goes on."""
    found = {row.id: row.merged_into for row in connection.execute(_AS_ONE, {"one": account_id})}
    if (goes_on := found.pop(account_id, None)) is not None:
        return accounts_as_one(connection, goes_on)
    return [account_id, *found]


def merged_into(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """Give the accounts that were merged into those of these that have any, by account."""
    found: dict[str, list[str]] = {}
    for chunk in chunks(list(ids)):
        wanted = select(col(AccountRow.merged_into), col(AccountRow.id)).where(
            col(AccountRow.merged_into).in_(chunk)
        )
        for survivor, account_id in connection.execute(wanted.order_by(col(AccountRow.id))):
            found.setdefault(str(survivor), []).append(account_id)
    return found


def limited_among(connection: Connection, ids: Collection[str]) -> set[str]:
    """Give those of these accounts that are limited to storage."""
    return {row["id"] for row in rows_among(connection, _LIMITED, ids)}


def pseudonyms_among(connection: Connection, ids: Collection[str]) -> set[str]:
    """Give those of these ids that erased rows were given."""
    return {row["id"] for row in rows_among(connection, _PSEUDONYMS, ids)}


def pseudonym_rows(ids: Sequence[str]) -> dict[type[SQLModel], Rows]:
    """Give the rows that keep these ids, so that an audit knows them from changed ones."""
    return {PseudonymRow: [{"id": one} for one in ids]}


def sealed_openings(connection: Connection, ids: Collection[str]) -> dict[str, bytes]:
    """Give the sealed opening statements of these accounts, by id."""
    return {one.id: one.sealed_statement for one in find_accounts(connection, ids).values()}


def records_of_nobody(connection: Connection) -> Iterator[tuple[str, str]]:
    """Give table and id of the names and documents whose account is not there."""
    for model in (AccountNameRow, AccountDocumentRow):
        table = table_of(model)
        wanted = (
            select(table.c.id)
            .outerjoin(AccountRow, col(AccountRow.id) == table.c.account_id)
            .where(col(AccountRow.id).is_(None))
        )
        for row_id in connection.scalars(wanted):
            yield table.name, row_id
