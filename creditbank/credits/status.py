"""The status of a conversion; one that no longer stands keeps its row, and counts nothing.

A frozen one holds what it has: outcomes stay used up, targets filled, caps reached, so that it can
count again as it did. Meanwhile its credit is in no total. One in conflict with what another
account of the person used before it reaches no cap: its result counts there already.
"""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import Select, Update, select, update
from sqlmodel import col

from creditbank.credits.tables import ConversionRow


class ConversionStatus(StrEnum):
    """What a conversion is today; the decision that it was stays provable."""

    RECOGNISED = "recognised"  # 认定
    UNDER_REVIEW = "under_review"  # 复核中: an outcome that it uses was corrected
    FROZEN = "frozen"  # 冻结: an outcome that it uses is suspended, or it is in conflict
    REVERSED = "reversed"  # 撤销认定


COUNTING = (ConversionStatus.RECOGNISED, ConversionStatus.UNDER_REVIEW)
"""What a conversion is whose credit counts in totals."""

HOLDING = (*COUNTING, ConversionStatus.FROZEN)
"""What a conversion is that uses outcomes up, fills targets and reaches caps."""


def status_by(
    used: Collection[str],
    resting_on: Collection[str],
    suspended: Collection[str],
    *,
    is_in_conflict: bool,
) -> ConversionStatus:
    """Give what a conversion that stands is.

    It follows from the outcomes that it uses, from all that it rests on, those among them that
    superseded others, from which of these are suspended, and from whether another account of the
    person used the same before.
    """
    if is_in_conflict or not set(resting_on).isdisjoint(suspended):
        return ConversionStatus.FROZEN
    if set(resting_on) - set(used):
        return ConversionStatus.UNDER_REVIEW
    return ConversionStatus.RECOGNISED


def set_status(*conversion_ids: str, status: ConversionStatus) -> Update:
    """Change the status of these conversions."""
    changed = update(ConversionRow).where(col(ConversionRow.id).in_(conversion_ids))
    return changed.values(status=status.value)


def conversions_with(*statuses: ConversionStatus) -> Select[str]:
    """Give the ids of the conversions that are one of these, as a part of another question."""
    return select(col(ConversionRow.id)).where(col(ConversionRow.status).in_(statuses))
