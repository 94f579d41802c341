"""Questions about uses outside the bank."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.credits.tables import OutsideUseRow
from creditbank.database import stream, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutsideUse:
    """A stored statement of use, or of its withdrawal; where it was used is under seal."""

    id: str
    account_id: str
    institution_id: str
    outcome_id: str
    withdraws_id: str | None
    unit_tag: bytes
    nullifier: bytes
    stated_with: str
    entry_index: int
    sealed_statement: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideUse:
    """A use by its ledger index, and that of its withdrawal where it was withdrawn."""

    unit_tag: bytes
    entry: int
    withdrawn_at: int | None


_later = table_of(OutsideUseRow).alias()
_IS_USE = col(OutsideUseRow.withdraws_id).is_(None)
_STORED = select(*(table_of(OutsideUseRow).c[name] for name in StoredOutsideUse.__slots__))
_NAMED = _STORED.where(among(col(OutsideUseRow.id)))
_WITHDRAWING = _STORED.where(among(col(OutsideUseRow.withdraws_id)))
_AT = _STORED.where(among(col(OutsideUseRow.entry_index)), _IS_USE)
_STANDING_OF_ACCOUNTS = _STORED.where(
    among(col(OutsideUseRow.account_id)),
    _IS_USE,
    col(OutsideUseRow.id).not_in(
        select(_later.c.withdraws_id).where(_later.c.withdraws_id.is_not(None))
    ),
)
_OF_UNITS = (
    select(
        col(OutsideUseRow.unit_tag),
        col(OutsideUseRow.entry_index),
        _later.c.entry_index.label("withdrawn_at"),
    )
    .outerjoin(_later, _later.c.withdraws_id == col(OutsideUseRow.id))
    .where(among(col(OutsideUseRow.unit_tag)), _IS_USE)
)


def find_outside_uses(connection: Connection, ids: Collection[str]) -> dict[str, StoredOutsideUse]:
    """Give those of these statements that exist, by id."""
    return {row["id"]: StoredOutsideUse(**row) for row in rows_among(connection, _NAMED, ids)}


def withdrawals_of(connection: Connection, ids: Collection[str]) -> dict[str, StoredOutsideUse]:
    """Give the withdrawals of these statements that there are, by what they withdraw."""
    rows = rows_among(connection, _WITHDRAWING, ids)
    return {row["withdraws_id"]: StoredOutsideUse(**row) for row in rows}


def outside_uses_of_units(connection: Connection, tags: Collection[bytes]) -> list[OutsideUse]:
    """Give every use of these units outside the bank, withdrawn or not, whoever holds them."""
    return [
        OutsideUse(
            unit_tag=bytes(row["unit_tag"]),
            entry=row["entry_index"],
            withdrawn_at=row["withdrawn_at"],
        )
        for row in rows_among(connection, _OF_UNITS, tags)
    ]


def outside_uses_of_accounts(
    connection: Connection, account_ids: Collection[str]
) -> list[StoredOutsideUse]:
    """Give what these accounts use outside the bank and was not withdrawn."""
    rows = rows_among(connection, _STANDING_OF_ACCOUNTS, account_ids)
    return [StoredOutsideUse(**row) for row in rows]


def outside_uses_at(
    connection: Connection, indexes: Collection[int]
) -> dict[int, StoredOutsideUse]:
    """Give the statements of use, not of withdrawal, at these indexes of the ledger, by index."""
    rows = rows_among(connection, _AT, indexes)
    return {row["entry_index"]: StoredOutsideUse(**row) for row in rows}


def outside_use_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every statement, or of an account's, by ascending index."""
    wanted = select(col(OutsideUseRow.entry_index), col(OutsideUseRow.id))
    if account_id is not None:
        wanted = wanted.where(col(OutsideUseRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(OutsideUseRow.entry_index))):
        yield row[0], row[1]
