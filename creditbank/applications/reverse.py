"""Reverse what was applied of a reversed conversion; a school is told of what it entered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Update
from sqlmodel import SQLModel

from creditbank.applications.queries import StoredApplication
from creditbank.applications.status import ApplicationStatus, set_status
from creditbank.writer.command import Moment, Rows
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversedApplications:
    """What reversing applications writes; their conversions' own leaves stand for them."""

    changes: Sequence[Update]
    rows: dict[type[SQLModel], Rows]


def reverse_applications(
    applications: Sequence[StoredApplication], moment: Moment
) -> ReversedApplications:
    """Reverse those that stand, all in one change; a declined one stays declined."""
    standing = [one for one in applications if one.stands]
    told = [
        NewMessage(
            institution_id=one.institution_id,
            kind=MessageKind.CREDIT_REVERSED,
            subject_id=one.id,
        )
        for one in standing
        if one.status == ApplicationStatus.ENTERED
    ]
    ids = [one.id for one in standing]
    changes = [set_status(ids, ApplicationStatus.REVERSED)] if ids else []
    return ReversedApplications(changes=changes, rows=message_rows(told, moment))
