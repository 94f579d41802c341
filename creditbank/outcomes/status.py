"""The status of an outcome and why it changed; none of these words accuses a holder."""

from enum import StrEnum

from sqlalchemy import Select, Update, select, update
from sqlmodel import col

from creditbank.outcomes.tables import OutcomeRow


class OutcomeStatus(StrEnum):
    """What an outcome is today; the record of what it was stays provable."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"  # 更正替换
    VOID = "void"  # 作废: clerical, no fault of the holder
    REVOKED = "revoked"  # 撤销: misconduct or unlawful
    CANCELLED = "cancelled"  # 注销: as the holder asked
    SUSPENDED = "suspended"  # 冻结: under review; nothing new may be made of it


REVOCATION_CLASSES = (OutcomeStatus.VOID, OutcomeStatus.REVOKED)
"""What a provider may make of an outcome that should not stand."""

HOLDER_CLASSES = (OutcomeStatus.CANCELLED,)
"""What its holder may make of it."""

ENDED = (*REVOCATION_CLASSES, *HOLDER_CLASSES)
"""What an outcome that was taken back is, whoever asked."""


STANDING = (OutcomeStatus.ACTIVE, OutcomeStatus.SUSPENDED)
"""What an outcome is that may still be taken back."""


def set_status(*outcome_ids: str, status: OutcomeStatus, frees_tag: bool) -> Update:
    """Change the status of these outcomes; `frees_tag` lets the same result be recorded anew."""
    values: dict[str, object] = {"status": status.value}
    if frees_tag:
        values["natural_tag"] = None
    return update(OutcomeRow).where(col(OutcomeRow.id).in_(outcome_ids)).values(**values)


def revoked_status(*outcome_ids: str, status: OutcomeStatus) -> Update:
    """Change the status of outcomes that are revoked."""
    return set_status(*outcome_ids, status=status, frees_tag=status is OutcomeStatus.VOID)


def outcomes_with(*statuses: OutcomeStatus) -> Select[str]:
    """Give the ids of the outcomes that are one of these, as a part of another question."""
    return select(col(OutcomeRow.id)).where(col(OutcomeRow.status).in_(statuses))
