"""Whose learners an institution serves: those it opened, and those whose service point it is.

The rights of staff follow the tree: who stands above such an institution serves its learners too.
"""

from datetime import date

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree
from creditbank.learners.queries import find_accounts
from creditbank.learners.tables import ServicePointRow


def require_served(
    connection: Connection, account_id: str, institution_id: str, today: date
) -> None:
    """Raise `Refusal("not-found")` unless this institution serves the account on a day."""
    account = find_accounts(connection, [account_id]).get(account_id)
    if account is None:
        raise Refusal("not-found")
    tree = load_tree(connection, today)
    serving = {account.opened_by, *service_points_on(connection, account_id, today)}
    if not any(tree.covers(institution_id, one) for one in serving):
        raise Refusal("not-found")


def service_points_on(connection: Connection, account_id: str, day: date) -> list[str]:
    """Give the service point of an account on a day, if it has one."""
    wanted = select(col(ServicePointRow.institution_id)).where(
        col(ServicePointRow.account_id) == account_id,
        col(ServicePointRow.from_day) <= day.isoformat(),
        col(ServicePointRow.until_day).is_(None)
        | (col(ServicePointRow.until_day) >= day.isoformat()),
    )
    return list(connection.scalars(wanted))
