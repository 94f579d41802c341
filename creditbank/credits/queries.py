"""Questions about conversions; only those that stand use up, fill or count anything."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.conversion.amounts import Credits
from creditbank.conversion.decision import Grant, Part
from creditbank.credits.status import HOLDING
from creditbank.credits.tables import (
    ConversionGrantRow,
    ConversionReversalRow,
    ConversionRow,
    ConversionUseRow,
)
from creditbank.database import chunks, stream, table_of

_ROWS_A_READ = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversion:
    """A stored conversion: its clear facts, and its statement still under seal."""

    id: str
    account_id: str
    institution_id: str
    rule_id: str
    rule_version: str
    rule_sha256: str
    engine: str
    credits: int
    codes: list[str]
    filed_month: str
    scope: str
    enrolment_id: str | None
    status: str
    decided_with: str
    entry_index: int
    sealed_statement: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUse:
    """A stored use of a part of an outcome, its unit's tag, and what the log shows for it."""

    part: Part
    unit_tag: bytes
    nullifier: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReversal:
    """A stored reversal; why the outcome was taken back is under seal."""

    id: str
    conversion_id: str
    cause: str
    outcome_id: str | None
    decided_with: str
    entry_index: int
    sealed_statement: bytes


_COLUMNS = [table_of(ConversionRow).c[name] for name in StoredConversion.__slots__]
_NAMED = select(*_COLUMNS).where(among(col(ConversionRow.id)))
_AT = select(*_COLUMNS).where(among(col(ConversionRow.entry_index)))
_FOR_ENROLMENTS = select(*_COLUMNS).where(among(col(ConversionRow.enrolment_id)))
_REVERSALS = select(
    *(table_of(ConversionReversalRow).c[name] for name in StoredReversal.__slots__)
).where(among(col(ConversionReversalRow.conversion_id)))
_GRANTS = select(table_of(ConversionGrantRow)).where(among(col(ConversionGrantRow.conversion_id)))
_USES = select(table_of(ConversionUseRow)).where(among(col(ConversionUseRow.conversion_id)))
_STANDS = col(ConversionRow.status).in_(HOLDING)


def find_conversions(connection: Connection, ids: Collection[str]) -> dict[str, StoredConversion]:
    """Give those of these conversions that exist, by id."""
    return {row["id"]: StoredConversion(**row) for row in rows_among(connection, _NAMED, ids)}


def conversions_at(connection: Connection, indexes: Collection[int]) -> dict[int, StoredConversion]:
    """Give the conversions that stand at these indexes of the ledger, by index."""
    rows = rows_among(connection, _AT, indexes)
    return {row["entry_index"]: StoredConversion(**row) for row in rows}


def conversion_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every conversion, or of an account's, by ascending index."""
    wanted = select(col(ConversionRow.entry_index), col(ConversionRow.id))
    if account_id is not None:
        wanted = wanted.where(col(ConversionRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(ConversionRow.entry_index))):
        yield row[0], row[1]


def find_reversal(connection: Connection, conversion_id: str) -> StoredReversal | None:
    """Give the reversal of a conversion, or None."""
    return find_reversals(connection, [conversion_id]).get(conversion_id)


def find_reversals(connection: Connection, ids: Collection[str]) -> dict[str, StoredReversal]:
    """Give the reversals of these conversions that there are, by conversion."""
    rows = rows_among(connection, _REVERSALS, ids)
    return {row["conversion_id"]: StoredReversal(**row) for row in rows}


def reversal_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and conversion of every reversal, or of an account's, by index."""
    wanted = select(
        col(ConversionReversalRow.entry_index), col(ConversionReversalRow.conversion_id)
    ).order_by(col(ConversionReversalRow.entry_index))
    if account_id is not None:
        wanted = wanted.join_from(ConversionReversalRow, ConversionRow).where(
            col(ConversionRow.account_id) == account_id
        )
    for row in stream(connection, wanted):
        yield row[0], row[1]


def standing_conversions_using(
    connection: Connection, outcome_ids: Collection[str]
) -> dict[str, StoredConversion]:
    """Give the conversions that stand and use a part of any of these outcomes, by id."""
    found: dict[str, StoredConversion] = {}
    for chunk in chunks(list(outcome_ids)):
        using = select(col(ConversionUseRow.conversion_id)).where(
            col(ConversionUseRow.outcome_id).in_(chunk)
        )
        wanted = select(*_COLUMNS).where(col(ConversionRow.id).in_(using), _STANDS)
        rows = connection.execute(wanted).mappings()
        found.update((row["id"], StoredConversion(**row)) for row in rows)
    return found


def all_conversions(connection: Connection) -> Iterator[list[StoredConversion]]:
    """Give every conversion in the order of the ledger, some hundred at a time."""
    after = -1
    while True:
        wanted = select(*_COLUMNS).where(col(ConversionRow.entry_index) > after)
        ordered = wanted.order_by(col(ConversionRow.entry_index)).limit(_ROWS_A_READ)
        page = [StoredConversion(**row) for row in connection.execute(ordered).mappings()]
        if not page:
            return
        yield page
        after = page[-1].entry_index


def newest_conversions(
    connection: Connection, rule_id: str, most: int, before: int | None = None
) -> list[StoredConversion]:
    """Give so many conversions by any version of a rule, the newest first.

    `before` is the ledger index of one: those older than it are given.
    """
    wanted = select(*_COLUMNS).where(col(ConversionRow.rule_id) == rule_id)
    if before is not None:
        wanted = wanted.where(col(ConversionRow.entry_index) < before)
    ordered = wanted.order_by(col(ConversionRow.entry_index).desc()).limit(most)
    return [StoredConversion(**row) for row in connection.execute(ordered).mappings()]


def count_conversions(connection: Connection, rule_id: str) -> int:
    """Count the conversions that were ever made by any version of a rule."""
    wanted = select(func.count()).where(col(ConversionRow.rule_id) == rule_id)
    return int(connection.execute(wanted).scalar_one())


def conversions_by_rule(connection: Connection) -> dict[str, int]:
    """Count the conversions that were ever made by each rule."""
    wanted = select(col(ConversionRow.rule_id), func.count()).group_by(col(ConversionRow.rule_id))
    return {row[0]: int(row[1]) for row in connection.execute(wanted)}


def grants_of(connection: Connection, ids: Collection[str]) -> dict[str, set[Grant]]:
    """Give what these conversions grant, by conversion."""
    found: dict[str, set[Grant]] = defaultdict(set)
    for row in rows_among(connection, _GRANTS, ids):
        found[row["conversion_id"]].add(grant_of(row))
    return found


def grant_of(row: RowMapping) -> Grant:
    """Read a stored grant."""
    return Grant(
        target=row["target"],
        credits=Credits(milli=row["credits"]),
        unit=row["unit"],
        exempts=row["exempts"],
        category=row["category"],
        grade=row["grade"],
        in_parts=row["in_parts"],
    )


def grant_row(grant: Grant) -> dict[str, object]:
    """Give what is stored of a grant, beside its conversion."""
    return {
        "target": grant.target,
        "credits": grant.credits.milli,
        "unit": grant.unit,
        "exempts": grant.exempts,
        "category": grant.category,
        "grade": grant.grade,
        "in_parts": grant.in_parts,
    }


def conversions_for_enrolments(
    connection: Connection, enrolment_ids: Collection[str]
) -> list[StoredConversion]:
    """Give the conversions for these enrolments, in the order of the ledger."""
    rows = rows_among(connection, _FOR_ENROLMENTS, enrolment_ids)
    found = [StoredConversion(**row) for row in rows]
    return sorted(found, key=lambda one: one.entry_index)


def uses_of(connection: Connection, ids: Collection[str]) -> dict[str, list[StoredUse]]:
    """Give what these conversions use, by conversion."""
    found: dict[str, list[StoredUse]] = defaultdict(list)
    for row in rows_among(connection, _USES, ids):
        part = Part(
            outcome=row["outcome_id"],
            unit=row["part_unit"],
            start=row["part_start"],
            end=row["part_end"],
        )
        tag, nullifier = bytes(row["unit_tag"]), bytes(row["nullifier"])
        found[row["conversion_id"]].append(StoredUse(part=part, unit_tag=tag, nullifier=nullifier))
    return found


def stray_parts(connection: Connection) -> Iterator[tuple[str, str]]:
    """Give table and conversion of the grants and uses that belong to no conversion."""
    for table in (table_of(ConversionGrantRow), table_of(ConversionUseRow)):
        joined = table.outerjoin(
            table_of(ConversionRow), table.c.conversion_id == col(ConversionRow.id)
        )
        wanted = select(table.c.conversion_id).select_from(joined)
        alone = wanted.where(col(ConversionRow.id).is_(None)).distinct()
        for row in stream(connection, alone.order_by(table.c.conversion_id)):
            yield table.name, row[0]
