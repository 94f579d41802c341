"""The plans that learners are enrolled in."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.catalogue.enrolments_file import EnrolmentState
from creditbank.catalogue.programmes import Programme, find_programmes
from creditbank.catalogue.tables import EnrolmentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledPlan:
    """An enrolment 学籍 of an account in a version of a programme plan."""

    id: str
    account_id: str
    institution_id: str
    state: str
    programme: Programme

    @property
    def is_active(self) -> bool:
        """True while the learner is enrolled and not on leave."""
        return self.state == EnrolmentState.ACTIVE


_NAMED = select(
    col(EnrolmentRow.id),
    col(EnrolmentRow.account_id),
    col(EnrolmentRow.institution_id),
    col(EnrolmentRow.state),
    col(EnrolmentRow.programme_id),
).where(among(col(EnrolmentRow.id)))


def find_enrolled_plans(connection: Connection, ids: Collection[str]) -> dict[str, EnrolledPlan]:
    """Give those of these enrolments that exist, by id."""
    rows = list(rows_among(connection, _NAMED, ids))
    programmes = find_programmes(connection, {row["programme_id"] for row in rows})
    return {
        row["id"]: EnrolledPlan(
            id=row["id"],
            account_id=row["account_id"],
            institution_id=row["institution_id"],
            state=row["state"],
            programme=programmes[row["programme_id"]],
        )
        for row in rows
    }
