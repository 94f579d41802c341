"""What is applied and what is entered, enrolment by enrolment."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from creditbank.applications.status import STANDING, ApplicationStatus
from creditbank.applications.tables import ApplicationRow
from creditbank.conversion.amounts import Credits

_NONE = Credits(milli=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedBalance:
    """What is applied 计入, and the part of it that the school has entered 已入册."""

    applied: Credits
    entered: Credits

    def __add__(self, other: "AppliedBalance") -> "AppliedBalance":
        return AppliedBalance(
            applied=self.applied + other.applied, entered=self.entered + other.entered
        )


NO_BALANCE = AppliedBalance(applied=_NONE, entered=_NONE)


def applied_balances(
    connection: Connection, account_ids: Collection[str]
) -> dict[str, AppliedBalance]:
    """Give the balance of each enrolment of the accounts of one person that has one."""
    wanted = (
        select(
            col(ApplicationRow.enrolment_id),
            col(ApplicationRow.status),
            func.sum(col(ApplicationRow.credits)).label("credits"),
        )
        .where(
            col(ApplicationRow.account_id).in_(list(account_ids)),
            col(ApplicationRow.status).in_([one.value for one in STANDING]),
        )
        .group_by(col(ApplicationRow.enrolment_id), col(ApplicationRow.status))
    )
    found: dict[str, AppliedBalance] = {}
    for row in connection.execute(wanted):
        applied = Credits(milli=int(row.credits))
        entered = applied if row.status == ApplicationStatus.ENTERED else _NONE
        some = AppliedBalance(applied=applied, entered=entered)
        found[row.enrolment_id] = found.get(row.enrolment_id, NO_BALANCE) + some
    return found
