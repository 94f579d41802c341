"""Questions about applications and what schools answered."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.applications.status import STANDING
from creditbank.applications.tables import (
    ApplicationEntryRow,
    ApplicationPartRow,
    ApplicationRow,
)
from creditbank.database import stream, table_of

_ROWS_A_READ = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredApplication:
    """A stored application: its clear facts, and its statement still under seal."""

    id: str
    account_id: str
    institution_id: str
    enrolment_id: str | None
    conversion_id: str
    credits: int
    engine: str
    status: str
    decided_with: str
    entry_index: int
    sealed_statement: bytes

    @property
    def stands(self) -> bool:
        """True while it counts in its enrolment."""
        return self.status in STANDING


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPart:
    """What a stored application puts in one place, in 1/1000 credits."""

    target: str
    category: str | None
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A stored answer of a school; what it wrote is under seal."""

    application_id: str
    id: str
    verdict: str
    reason: str | None
    entered_on: str
    decided_with: str
    entry_index: int
    sealed_statement: bytes


_COLUMNS = [table_of(ApplicationRow).c[name] for name in StoredApplication.__slots__]
_NAMED = select(*_COLUMNS).where(among(col(ApplicationRow.id)))
_TO_ENROLMENTS = select(*_COLUMNS).where(among(col(ApplicationRow.enrolment_id)))
_OF_CONVERSIONS = (
    select(*_COLUMNS)
    .where(among(col(ApplicationRow.conversion_id)))
    .order_by(col(ApplicationRow.entry_index))
)
_ENTRIES = select(*(table_of(ApplicationEntryRow).c[name] for name in StoredEntry.__slots__)).where(
    among(col(ApplicationEntryRow.application_id))
)
_PARTS = select(table_of(ApplicationPartRow)).where(among(col(ApplicationPartRow.application_id)))


def find_applications(connection: Connection, ids: Collection[str]) -> dict[str, StoredApplication]:
    """Give those of these applications that exist, by id."""
    return {row["id"]: StoredApplication(**row) for row in rows_among(connection, _NAMED, ids)}


def find_entries(connection: Connection, ids: Collection[str]) -> dict[str, StoredEntry]:
    """Give the answers to these applications that there are, by application."""
    rows = rows_among(connection, _ENTRIES, ids)
    return {row["application_id"]: StoredEntry(**row) for row in rows}


def applications_to(
    connection: Connection, enrolment_ids: Collection[str]
) -> list[StoredApplication]:
    """Give the applications to these enrolments, in the order of the ledger."""
    rows = rows_among(connection, _TO_ENROLMENTS, enrolment_ids)
    found = [StoredApplication(**row) for row in rows]
    return sorted(found, key=lambda one: one.entry_index)


def applications_of(
    connection: Connection, conversion_ids: Collection[str]
) -> dict[str, list[StoredApplication]]:
    """Give the applications of these conversions, in the order of the ledger, by conversion."""
    found: dict[str, list[StoredApplication]] = defaultdict(list)
    for row in rows_among(connection, _OF_CONVERSIONS, conversion_ids):
        found[row["conversion_id"]].append(StoredApplication(**row))
    return found


def applications_at(
    connection: Connection,
    institution_ids: Collection[str],
    *,
    status: str,
    after: int = -1,
    limit: int,
) -> list[StoredApplication]:
    """Give the applications to enrolments at these institutions, in the order of the ledger."""
    wanted = (
        select(*_COLUMNS)
        .where(
            col(ApplicationRow.institution_id).in_(institution_ids),
            col(ApplicationRow.enrolment_id).is_not(None),
            col(ApplicationRow.status) == status,
            col(ApplicationRow.entry_index) > after,
        )
        .order_by(col(ApplicationRow.entry_index))
        .limit(limit)
    )
    return [StoredApplication(**row) for row in connection.execute(wanted).mappings()]


def all_applications(connection: Connection) -> Iterator[list[StoredApplication]]:
    """Give every application in the order of the ledger, some hundred at a time."""
    after = -1
    while True:
        wanted = select(*_COLUMNS).where(col(ApplicationRow.entry_index) > after)
        ordered = wanted.order_by(col(ApplicationRow.entry_index)).limit(_ROWS_A_READ)
        page = [StoredApplication(**row) for row in connection.execute(ordered).mappings()]
        if not page:
            return
        yield page
        after = page[-1].entry_index


def parts_of(connection: Connection, ids: Collection[str]) -> dict[str, set[StoredPart]]:
    """Give what these applications put where, by application."""
    found: dict[str, set[StoredPart]] = defaultdict(set)
    for row in rows_among(connection, _PARTS, ids):
        part = StoredPart(target=row["target"], category=row["category"], credits=row["credits"])
        found[row["application_id"]].add(part)
    return found


def stray_parts(connection: Connection) -> Iterator[str]:
    """Give the applications that parts name and that there are not."""
    table = table_of(ApplicationPartRow)
    joined = table.outerjoin(
        table_of(ApplicationRow), table.c.application_id == col(ApplicationRow.id)
    )
    alone = select(table.c.application_id).select_from(joined)
    wanted = alone.where(col(ApplicationRow.id).is_(None)).distinct()
    for row in stream(connection, wanted.order_by(table.c.application_id)):
        yield row[0]


def application_leaves(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str, str]]:
    """Give ledger index, table and application of every application and answer, by index.

    Those of one account alone, where it is given.
    """
    made = select(col(ApplicationRow.entry_index), col(ApplicationRow.id))
    answered = select(col(ApplicationEntryRow.entry_index), col(ApplicationEntryRow.application_id))
    if account_id is not None:
        made = made.where(col(ApplicationRow.account_id) == account_id)
        answered = answered.join_from(ApplicationEntryRow, ApplicationRow).where(
            col(ApplicationRow.account_id) == account_id
        )
    yield from merge(
        _named(connection, made.order_by(col(ApplicationRow.entry_index)), "application"),
        _named(
            connection, answered.order_by(col(ApplicationEntryRow.entry_index)), "application_entry"
        ),
    )


def _named(
    connection: Connection, wanted: Select[*tuple[Any, ...]], table: str
) -> Iterator[tuple[int, str, str]]:
    for row in stream(connection, wanted):
        yield row[0], table, row[1]
