"""The status of a conversion; one that no longer stands keeps its row, and counts nothing."""

from enum import StrEnum

from sqlalchemy import Update, update
from sqlmodel import col

from creditbank.credits.tables import ConversionRow


class ConversionStatus(StrEnum):
    """What a conversion is today; the decision that it was stays provable."""

    RECOGNISED = "recognised"  # 认定
    REVERSED = "reversed"  # 撤销认定


def set_status(conversion_id: str, status: ConversionStatus) -> Update:
    """Change the status."""
    changed = update(ConversionRow).where(col(ConversionRow.id) == conversion_id)
    return changed.values(status=status.value)
