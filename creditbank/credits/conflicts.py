"""Conversions that are frozen because another account of the same person used the same before.

What they use and fill they hold, so that they can count again as they did; for no cap they count.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Executable, or_, select, update
from sqlmodel import SQLModel, col

from creditbank.among import among, rows_among
from creditbank.credits.tables import ConversionConflictRow, ConversionRow, OutsideUseRow
from creditbank.database import table_of
from creditbank.writer.command import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConflict:
    """A stored `ConversionConflictRow`."""

    conversion_id: str
    counts_entry: int
    since: int
    until: int | None

    def holds_before(self, index: int) -> bool:
        """Say whether the conversion was frozen for it when the entry at an index was made."""
        return self.since < index and (self.until is None or index < self.until)


_COLUMNS = [table_of(ConversionConflictRow).c[name] for name in StoredConflict.__slots__]
_OPEN = col(ConversionConflictRow.until).is_(None)
_IN_ORDER = (
    col(ConversionConflictRow.since),
    col(ConversionConflictRow.conversion_id),
    col(ConversionConflictRow.counts_entry),
)
_ALL = select(*_COLUMNS).order_by(*_IN_ORDER)
_OF_CONVERSIONS = _ALL.where(among(col(ConversionConflictRow.conversion_id)))


def has_no_conflict() -> ColumnElement[bool]:
    """Choose the conversions that are in no conflict today."""
    return col(ConversionRow.id).not_in(
        select(col(ConversionConflictRow.conversion_id)).where(_OPEN)
    )


def find_conflicts(connection: Connection, ids: Collection[str]) -> list[StoredConflict]:
    """Give the conflicts that these conversions are or were in, in order."""
    return [StoredConflict(**row) for row in rows_among(connection, _OF_CONVERSIONS, ids)]


def in_conflict(connection: Connection, ids: Collection[str]) -> set[str]:
    """Give those of these conversions that are in conflict today."""
    return {one.conversion_id for one in find_conflicts(connection, ids) if one.until is None}


def all_conflicts(connection: Connection) -> list[StoredConflict]:
    """Give every conflict there ever was, in order."""
    rows = connection.execute(_ALL).mappings()
    return [StoredConflict(**row) for row in rows]


def conflicts_with(connection: Connection, account_id: str) -> list[StoredConflict]:
    """Give the open conflicts of which either side is an account's, in order."""
    own, outside = ConversionRow, OutsideUseRow
    made = select(col(own.id)).where(col(own.account_id) == account_id)
    indexes = select(col(own.entry_index)).where(col(own.account_id) == account_id)
    stated = select(col(outside.entry_index)).where(col(outside.account_id) == account_id)
    wanted = select(*_COLUMNS).where(
        _OPEN,
        or_(
            col(ConversionConflictRow.conversion_id).in_(made),
            col(ConversionConflictRow.counts_entry).in_(indexes),
            col(ConversionConflictRow.counts_entry).in_(stated),
        ),
    )
    rows = connection.execute(wanted.order_by(*_IN_ORDER)).mappings()
    return [StoredConflict(**row) for row in rows]


def conflict_rows(some: Iterable[StoredConflict]) -> dict[type[SQLModel], Rows]:
    """Give the rows that these add."""
    names = StoredConflict.__slots__
    return {ConversionConflictRow: [{name: getattr(one, name) for name in names} for one in some]}


def end_conflict(one: StoredConflict, until: int) -> Executable:
    """Give the change by which a conflict is over."""
    ended = update(ConversionConflictRow).where(
        col(ConversionConflictRow.conversion_id) == one.conversion_id,
        col(ConversionConflictRow.counts_entry) == one.counts_entry,
        col(ConversionConflictRow.since) == one.since,
    )
    return ended.values(until=until)
