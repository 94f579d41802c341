"""Questions about uses outside the bank."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select
from sqlmodel import col

from creditbank.credits.tables import OutsideUseRow
from creditbank.database import chunks, stream, table_of


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
_COLUMNS = [table_of(OutsideUseRow).c[name] for name in StoredOutsideUse.__slots__]


def find_outside_uses(connection: Connection, ids: Collection[str]) -> dict[str, StoredOutsideUse]:
    """Give those of these statements that exist, by id."""
    found = _read(connection, select(*_COLUMNS).where(col(OutsideUseRow.id).in_(ids)))
    return {one.id: one for one in found}


def withdrawals_of(connection: Connection, ids: Collection[str]) -> dict[str, StoredOutsideUse]:
    """Give the withdrawals of these statements that there are, by what they withdraw."""
    found = _read(connection, select(*_COLUMNS).where(col(OutsideUseRow.withdraws_id).in_(ids)))
    return {str(one.withdraws_id): one for one in found}


def outside_uses_of_units(connection: Connection, tags: Collection[bytes]) -> list[OutsideUse]:
    """Give every use of these units outside the bank, withdrawn or not, whoever holds them."""
    found: list[OutsideUse] = []
    for chunk in chunks(list(tags)):
        wanted = (
            select(
                col(OutsideUseRow.unit_tag),
                col(OutsideUseRow.entry_index),
                _later.c.entry_index.label("withdrawn_at"),
            )
            .outerjoin(_later, _later.c.withdraws_id == col(OutsideUseRow.id))
            .where(
                col(OutsideUseRow.unit_tag).in_(chunk), col(OutsideUseRow.withdraws_id).is_(None)
            )
        )
        found += [
            OutsideUse(
                unit_tag=bytes(row.unit_tag), entry=row.entry_index, withdrawn_at=row.withdrawn_at
            )
            for row in connection.execute(wanted)
        ]
    return found


def outside_uses_of_accounts(
    connection: Connection, account_ids: Collection[str]
) -> list[StoredOutsideUse]:
    """Give what these accounts use outside the bank and was not withdrawn."""
    withdrawn = select(_later.c.withdraws_id).where(_later.c.withdraws_id.is_not(None))
    return [
        one
        for chunk in chunks(list(account_ids))
        for one in _read(
            connection,
            select(*_COLUMNS).where(
                col(OutsideUseRow.account_id).in_(chunk),
                col(OutsideUseRow.withdraws_id).is_(None),
                col(OutsideUseRow.id).not_in(withdrawn),
            ),
        )
    ]


def outside_uses_at(
    connection: Connection, indexes: Collection[int]
) -> dict[int, StoredOutsideUse]:
    """Give the statements of use, not of withdrawal, at these indexes of the ledger, by index."""
    return {
        one.entry_index: one
        for chunk in chunks(list(indexes))
        for one in _read(
            connection,
            select(*_COLUMNS).where(
                col(OutsideUseRow.entry_index).in_(chunk), col(OutsideUseRow.withdraws_id).is_(None)
            ),
        )
    }


def outside_use_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every statement, or of an account's, by ascending index."""
    wanted = select(col(OutsideUseRow.entry_index), col(OutsideUseRow.id))
    if account_id is not None:
        wanted = wanted.where(col(OutsideUseRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(OutsideUseRow.entry_index))):
        yield row[0], row[1]


def _read(connection: Connection, wanted: Select[*tuple[object, ...]]) -> list[StoredOutsideUse]:
    return [StoredOutsideUse(**row) for row in connection.execute(wanted).mappings()]
