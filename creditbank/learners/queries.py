"""Questions about accounts."""

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.learners.tables import AccountRow


def existing_accounts(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Give those of these ids that are accounts."""
    statement = select(col(AccountRow.id)).where(col(AccountRow.id).in_(set(ids)))
    return set(connection.scalars(statement))


def sealed_openings(connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    """Give the sealed opening statements of these accounts, by id."""
    statement = select(col(AccountRow.id), col(AccountRow.sealed_statement)).where(
        col(AccountRow.id).in_(set(ids))
    )
    return {row.id: row.sealed_statement for row in connection.execute(statement)}
