"""Reviews of conversions 转换复核: what is stored of them, and how they are found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, Executable, select, update
from sqlmodel import col

from creditbank.conversion.working_days import WorkingDays
from creditbank.credits.tables import ConversionReviewRow, ConversionRow
from creditbank.database import chunks, table_of
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.notices import Notice, deadline

ANSWER_WORKING_DAYS = 20
"""The time to answer where the rule states none."""


class ReviewState(StrEnum):
    """Where the review of a conversion is."""

    OPENED = "opened"  # 待核算: the decision was not yet computed with the corrected outcome
    ASKED = "asked"  # 待答复: the learner may answer
    UPHELD = "upheld"  # 维持: the corrected outcome gives the same
    DECIDED_ANEW = "decided_anew"  # 重新认定: converted anew by the corrected outcome
    TAKEN_BACK = "taken_back"  # 收回
    ENDED = "ended"  # 终止: the conversion was reversed for another reason


OPEN = (ReviewState.OPENED, ReviewState.ASKED)
"""The states in which a conversion is under review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A stored review; what the learner answered is still under seal."""

    conversion_id: str
    outcome_id: str
    state: str
    due_on: str | None
    working_days: int | None
    notice_id: str | None
    sealed_answer: bytes | None
    replaced_by: str | None

    def answer(self, key: AccountKey) -> str | None:
        """Open what she answered; None where she did not yet. Raises `SealBroken`."""
        if self.sealed_answer is None:
            return None
        return key.open(answer_place(self.conversion_id), self.sealed_answer).decode()

    def last_day(self, notice: Notice | None, calendar: WorkingDays) -> date | None:
        """Give the last day on which she may answer; None where she was not asked.

        The time runs from delivery. An account that nobody opens does not hold a review up for
        ever: then it runs from the day on which she was asked.
        """
        if self.due_on is None or self.working_days is None:
            return None
        asked = date.fromisoformat(self.due_on)
        if notice is None:
            return asked
        return max(asked, deadline(notice, self.working_days, calendar) or asked)


_COLUMNS = [table_of(ConversionReviewRow).c[name] for name in Review.__slots__]


def answer_place(conversion_id: str) -> bytes:
    """Name the place of a sealed answer."""
    return place(str(ConversionReviewRow.__tablename__), conversion_id, "sealed_answer")


def find_reviews(connection: Connection, ids: Collection[str]) -> dict[str, Review]:
    """Give the reviews of these conversions that there are, by conversion."""
    found: dict[str, Review] = {}
    for chunk in chunks(list(ids)):
        wanted = select(*_COLUMNS).where(col(ConversionReviewRow.conversion_id).in_(chunk))
        rows = connection.execute(wanted).mappings()
        found.update((row["conversion_id"], Review(**row)) for row in rows)
    return found


def all_reviews(connection: Connection) -> list[Review]:
    """Give every review there ever was, by conversion."""
    wanted = select(*_COLUMNS).order_by(col(ConversionReviewRow.conversion_id))
    return [Review(**row) for row in connection.execute(wanted).mappings()]


def opened_reviews(connection: Connection) -> list[Review]:
    """Give the reviews of which the decision was not yet computed anew."""
    wanted = select(*_COLUMNS).where(col(ConversionReviewRow.state) == ReviewState.OPENED.value)
    ordered = wanted.order_by(col(ConversionReviewRow.conversion_id))
    return [Review(**row) for row in connection.execute(ordered).mappings()]


def reviews_of_accounts(connection: Connection, account_ids: Collection[str]) -> list[Review]:
    """Give the reviews of all conversions of these accounts."""
    wanted = select(*_COLUMNS).join(
        ConversionRow, col(ConversionRow.id) == col(ConversionReviewRow.conversion_id)
    )
    hers = wanted.where(col(ConversionRow.account_id).in_(account_ids))
    rows = connection.execute(hers.order_by(col(ConversionReviewRow.conversion_id))).mappings()
    return [Review(**row) for row in rows]


def undecided_reviews(connection: Connection, institution_ids: Collection[str]) -> list[Review]:
    """Give what these institutions have to decide, the earliest due first."""
    wanted = (
        select(*_COLUMNS)
        .join(ConversionRow, col(ConversionRow.id) == col(ConversionReviewRow.conversion_id))
        .where(
            col(ConversionRow.institution_id).in_(institution_ids),
            col(ConversionReviewRow.state) == ReviewState.ASKED.value,
        )
    )
    rows = connection.execute(wanted).mappings()
    return sorted((Review(**row) for row in rows), key=lambda one: (one.due_on, one.conversion_id))


def change_review(conversion_id: str, **values: object) -> Executable:
    """Give the change of a review's row."""
    changed = update(ConversionReviewRow)
    return changed.where(col(ConversionReviewRow.conversion_id) == conversion_id).values(**values)


def end_review(conversion_id: str) -> Executable:
    """Give the change that ends the review of a conversion, if one is open."""
    open_states: Sequence[str] = [one.value for one in OPEN]
    ended = update(ConversionReviewRow).where(
        col(ConversionReviewRow.conversion_id) == conversion_id,
        col(ConversionReviewRow.state).in_(open_states),
    )
    return ended.values(state=ReviewState.ENDED.value)
