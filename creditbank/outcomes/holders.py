"""Who holds active outcomes of some definitions: accounts, never persons."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_account
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.tables import OutcomeRow

_HELD = (
    select(col(OutcomeRow.account_id), func.max(col(OutcomeRow.entry_index)).label("newest"))
    .where(
        col(OutcomeRow.status) == OutcomeStatus.ACTIVE.value, among(col(OutcomeRow.definition_id))
    )
    .group_by(col(OutcomeRow.account_id))
)


def holders(connection: Connection, definition_ids: Collection[str]) -> list[str]:
    """Give the accounts that hold one of these at least, whose newest is the newest first."""
    newest: dict[str, int] = {}
    for row in rows_among(connection, _HELD, sorted(definition_ids)):
        known = newest.get(row["account_id"], -1)
        newest[row["account_id"]] = max(known, row["newest"])
    return sorted(newest, key=lambda one: -newest[one])


def held_by(
    connection: Connection, account_ids: Collection[str], definition_ids: Collection[str]
) -> list[StoredOutcome]:
    """Give the active outcomes of these definitions that lie in these accounts."""
    return [
        one
        for one in outcomes_of_account(connection, *account_ids)
        if one.status == OutcomeStatus.ACTIVE and one.definition_id in definition_ids
    ]
