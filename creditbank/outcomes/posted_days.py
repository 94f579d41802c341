"""What institutions posted on a civil day: found by the time of the leaves, which never falls."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, func, select
from sqlmodel import col

from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.standing import appended_at
from creditbank.outcomes.tables import OutcomeRow
from ledger.read import first_leaf_at


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedDay:
    """A day with a part of its outcomes, how many there are, and the nearest days that have any."""

    day: date
    total: int
    outcomes: list[StoredOutcome]
    earlier: date | None
    later: date | None


def newest_posted_day(connection: Connection, institution_ids: Collection[str]) -> date | None:
    """Give the last day on which any of these institutions posted, None where none ever did."""
    newest = connection.scalar(
        select(func.max(col(OutcomeRow.entry_index))).where(
            col(OutcomeRow.institution_id).in_(institution_ids)
        )
    )
    return None if newest is None else _day_of(connection, newest)


def posted_on(
    connection: Connection,
    institution_ids: Collection[str],
    day: date,
    *,
    after: int = 0,
    limit: int = 50,
) -> PostedDay:
    """Give what these institutions posted on a day, in the order of the ledger."""
    start, end = (
        first_leaf_at(connection, int(datetime.combine(one, time(), CIVIL_TIME).timestamp()))
        for one in (day, day + timedelta(days=1))
    )
    index = col(OutcomeRow.entry_index)
    own = col(OutcomeRow.institution_id).in_(institution_ids)
    within = (own, index >= start, index < end)
    total = connection.scalar(select(func.count()).select_from(OutcomeRow).where(*within))
    ids = list(
        connection.scalars(
            select(col(OutcomeRow.id)).where(*within).order_by(index).offset(after).limit(limit)
        )
    )
    found = find_outcomes(connection, ids)
    before = connection.scalar(select(func.max(index)).where(own, index < start))
    beyond = connection.scalar(select(func.min(index)).where(own, index >= end))
    return PostedDay(
        day=day,
        total=total or 0,
        outcomes=[found[one] for one in ids],
        earlier=None if before is None else _day_of(connection, before),
        later=None if beyond is None else _day_of(connection, beyond),
    )


def _day_of(connection: Connection, index: int) -> date:
    return civil_day(appended_at(connection, [index])[index])
