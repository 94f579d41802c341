"""What conversions that stand use up, fill and give: what the next decision depends on.

A frozen one stands, and is left out of the total alone; one in conflict also of every cap.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, func, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.conversion.amounts import Credits
from creditbank.conversion.filing import FilledTarget, Use
from creditbank.credits.conflicts import has_no_conflict
from creditbank.credits.outside_uses import outside_uses_of_accounts, outside_uses_of_units
from creditbank.credits.status import COUNTING, HOLDING
from creditbank.credits.tables import ConversionGrantRow, ConversionRow, ConversionUseRow
from creditbank.database import chunks, table_of

_STANDS = col(ConversionRow.status).in_(HOLDING)
_USES = (
    select(
        table_of(ConversionUseRow),
        col(ConversionRow.account_id),
        col(ConversionRow.entry_index),
        col(ConversionRow.scope),
    )
    .join_from(ConversionUseRow, ConversionRow)
    .where(_STANDS)
)
_OF_UNITS = _USES.where(among(col(ConversionUseRow.unit_tag)))
_OF_ACCOUNTS = _USES.where(among(col(ConversionRow.account_id)))


def uses_of_units(connection: Connection, tags: Collection[bytes]) -> dict[bytes, list[Use]]:
    """Give what the conversions that stand use of these units, whoever holds them, by unit tag.

    What is used outside the bank is used whole, and anywhere.
    """
    found: dict[bytes, list[Use]] = defaultdict(list)
    for row in rows_among(connection, _OF_UNITS, tags):
        found[bytes(row["unit_tag"])].append(use_of(row))
    for one in outside_uses_of_units(connection, tags):
        if one.withdrawn_at is None:
            found[one.unit_tag].append(Use(entry=one.entry))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUse:
    """What an account uses of an outcome, by a conversion or outside the bank."""

    account_id: str
    outcome_id: str
    unit_tag: bytes
    use: Use


def uses_of_accounts(connection: Connection, account_ids: Collection[str]) -> list[AccountUse]:
    """Give what the conversions of these accounts that stand use, in the order of the ledger."""
    found = [
        AccountUse(
            account_id=row["account_id"],
            outcome_id=row["outcome_id"],
            unit_tag=bytes(row["unit_tag"]),
            use=use_of(row),
        )
        for row in rows_among(connection, _OF_ACCOUNTS, account_ids)
    ]
    return sorted(found, key=lambda one: (one.use.entry, one.use.start))


def with_outside_uses(connection: Connection, account_ids: Collection[str]) -> list[AccountUse]:
    """Give the same with what these accounts use outside the bank, in the order of the ledger."""
    outside = [
        AccountUse(
            account_id=one.account_id,
            outcome_id=one.outcome_id,
            unit_tag=one.unit_tag,
            use=Use(entry=one.entry_index),
        )
        for one in outside_uses_of_accounts(connection, account_ids)
    ]
    found = [*uses_of_accounts(connection, account_ids), *outside]
    return sorted(found, key=lambda one: (one.use.entry, one.use.start))


def use_of(row: RowMapping) -> Use:
    """Read a stored use with the index and scope of its conversion."""
    return Use(
        entry=row["entry_index"],
        unit=row["part_unit"],
        start=row["part_start"],
        end=row["part_end"],
        scope=row["scope"],
    )


def filled_targets(
    connection: Connection, account_ids: Collection[str]
) -> dict[tuple[str, str, str | None], list[FilledTarget]]:
    """Give the targets that are filled, by account, institution, and enrolment where there is one.

    The institution is the one whose targets they are.
    """
    found: dict[tuple[str, str, str | None], list[FilledTarget]] = defaultdict(list)
    for chunk in chunks(list(account_ids)):
        wanted = (
            select(
                col(ConversionRow.account_id),
                col(ConversionRow.institution_id),
                col(ConversionRow.enrolment_id),
                col(ConversionRow.entry_index),
                col(ConversionGrantRow.target),
                col(ConversionGrantRow.credits),
            )
            .join_from(ConversionGrantRow, ConversionRow)
            .where(col(ConversionRow.account_id).in_(chunk), _STANDS)
        )
        for row in connection.execute(wanted):
            filled = FilledTarget(
                code=row.target, entry=row.entry_index, credits=Credits(milli=row.credits)
            )
            found[row.account_id, row.institution_id, row.enrolment_id].append(filled)
    return found


def recognised_by_rule(
    connection: Connection, account_ids: Collection[str]
) -> dict[tuple[str, str, str], Credits]:
    """Give what these accounts have by each rule in each scope, by account, rule and scope.

    Credits and points are counted alike: a rule gives one of them.
    """
    found: dict[tuple[str, str, str], Credits] = {}
    for chunk in chunks(list(account_ids)):
        wanted = (
            select(
                col(ConversionRow.account_id),
                col(ConversionRow.rule_id),
                col(ConversionRow.scope),
                func.sum(col(ConversionGrantRow.credits)).label("credits"),
            )
            .join_from(ConversionGrantRow, ConversionRow)
            .where(col(ConversionRow.account_id).in_(chunk), _STANDS, has_no_conflict())
            .group_by(
                col(ConversionRow.account_id), col(ConversionRow.rule_id), col(ConversionRow.scope)
            )
        )
        for row in connection.execute(wanted):
            found[row.account_id, row.rule_id, row.scope] = Credits(milli=int(row.credits))
    return found


def recognised_total(connection: Connection, *account_ids: str) -> Credits:
    """Give all credits that count for the accounts of one person."""
    wanted = select(func.coalesce(func.sum(col(ConversionRow.credits)), 0)).where(
        col(ConversionRow.account_id).in_(account_ids), col(ConversionRow.status).in_(COUNTING)
    )
    return Credits(milli=int(connection.scalar(wanted) or 0))


def recognised_by_enrolment(
    connection: Connection, account_ids: Collection[str]
) -> dict[str, Credits]:
    """Give what is recognised for each enrolment of the accounts of one person."""
    wanted = (
        select(col(ConversionRow.enrolment_id), func.sum(col(ConversionRow.credits)).label("sum"))
        .where(
            col(ConversionRow.account_id).in_(list(account_ids)),
            col(ConversionRow.enrolment_id).is_not(None),
            _STANDS,
            has_no_conflict(),
        )
        .group_by(col(ConversionRow.enrolment_id))
    )
    return {row.enrolment_id: Credits(milli=int(row.sum)) for row in connection.execute(wanted)}
