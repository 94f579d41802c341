"""The status of a conversion; one that no longer stands keeps its row, and counts nothing.

A frozen one holds what it has: outcomes stay used up, targets filled, caps reached, so that it can
count again as it did. Meanwhile its credit is in no total.
"""

from enum import StrEnum

from sqlalchemy import Update, update
from sqlmodel import col

from creditbank.credits.tables import ConversionRow


class ConversionStatus(StrEnum):
    """What a conversion is today; the decision that it was stays provable."""

    RECOGNISED = "recognised"  # 认定
    FROZEN = "frozen"  # 冻结: an outcome that it uses is suspended
    REVERSED = "reversed"  # 撤销认定


COUNTING = (ConversionStatus.RECOGNISED,)
"""What a conversion is whose credit counts in totals."""

HOLDING = (*COUNTING, ConversionStatus.FROZEN)
"""What a conversion is that uses outcomes up, fills targets and reaches caps."""


def set_status(*conversion_ids: str, status: ConversionStatus) -> Update:
    """Change the status of these conversions."""
    changed = update(ConversionRow).where(col(ConversionRow.id).in_(conversion_ids))
    return changed.values(status=status.value)
