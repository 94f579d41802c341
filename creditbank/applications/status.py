"""Where an application stands, and why a school does not enter one."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import Select, Update, select, update
from sqlmodel import col

from creditbank.applications.tables import ApplicationRow


class ApplicationStatus(StrEnum):
    """What an application is today; only the first two count in the enrolment."""

    TO_ENTER = "to_enter"  # 待入册
    ENTERED = "entered"  # 已入册
    DECLINED = "declined"  # 不予入册
    REVERSED = "reversed"  # 撤销认定


STANDING = frozenset({ApplicationStatus.TO_ENTER, ApplicationStatus.ENTERED})
"""The statuses in which an application fills its places and counts for caps."""


class Verdict(StrEnum):
    """What the school answers."""

    ENTERED = "entered"  # 已入册
    DECLINED = "declined"  # 不予入册


class DeclineReason(StrEnum):
    """Why a school does not enter what was applied."""

    ALREADY_PASSED = "already-passed"  # 已修读合格
    PLAN_CHANGED = "plan-changed"  # 培养方案已调整
    NOT_ENROLLED = "not-enrolled"  # 不在籍
    RECORD_WRONG = "record-wrong"  # 信息有误
    OTHER = "other"  # 其他


def set_status(ids: Collection[str], status: ApplicationStatus) -> Update:
    """Change the status of these applications."""
    changed = update(ApplicationRow).where(col(ApplicationRow.id).in_(list(ids)))
    return changed.values(status=status.value)


def applications_with(*statuses: ApplicationStatus) -> Select[str]:
    """Give the ids of the applications that are one of these, as a part of another question."""
    return select(col(ApplicationRow.id)).where(col(ApplicationRow.status).in_(statuses))


def applications_of_any(conversions: Select[str]) -> Select[str]:
    """Give the ids of the applications of these conversions, in the same way."""
    return select(col(ApplicationRow.id)).where(col(ApplicationRow.conversion_id).in_(conversions))
