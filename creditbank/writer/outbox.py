"""Messages to institutions, written in the transaction of what they tell of.

They are delivered at least once and in order: an institution reads those after the last that it
knows, and says up to which one it has them. Webhooks are to read the same table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel, col

from creditbank.database import table_of
from creditbank.writer.command import Decision, Moment, Rows
from creditbank.writer.tables import OutboxRow

_INDEX_DIGITS = 15


class MessageKind(StrEnum):
    """What a message tells; its subject is an application 计入."""

    CREDIT_TO_ENTER = "credit-to-enter"  # 待入册
    CREDIT_REVERSED = "credit-reversed"  # 已入册的学分被撤销


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A stored message; times are seconds since 1970."""

    id: str
    institution_id: str
    kind: str
    subject_id: str
    created_at: int
    acknowledged_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """What an institution is told of which subject."""

    institution_id: str
    kind: MessageKind
    subject_id: str


def message_rows(messages: Sequence[NewMessage], moment: Moment) -> dict[type[SQLModel], Rows]:
    """Give the rows that these messages add, by table, for the decision that sends them.

    The moment is that of the leaf that they tell of.
    """
    now = int(moment.now.timestamp())
    rows = [
        {
            "id": f"{moment.next_index:0{_INDEX_DIGITS}d}-{one.subject_id}",
            "institution_id": one.institution_id,
            "kind": one.kind.value,
            "subject_id": one.subject_id,
            "created_at": now,
        }
        for one in messages
    ]
    return {OutboxRow: rows}


def messages_for(
    connection: Connection, institution_id: str, *, after: str = "", limit: int
) -> list[Message]:
    """Give what an institution was told after a message and did not acknowledge, oldest first."""
    wanted = (
        select(table_of(OutboxRow))
        .where(
            col(OutboxRow.institution_id) == institution_id,
            col(OutboxRow.id) > after,
            col(OutboxRow.acknowledged_at).is_(None),
        )
        .order_by(col(OutboxRow.id))
        .limit(limit)
    )
    return [Message(**row) for row in connection.execute(wanted).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeMessages:
    """Ask that an institution be told nothing again up to this message."""

    institution_id: str
    up_to: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing: what was acknowledged before stays as it is."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Set the time where there is none."""
        acknowledged = (
            update(OutboxRow)
            .where(
                col(OutboxRow.institution_id) == self.institution_id,
                col(OutboxRow.id) <= self.up_to,
                col(OutboxRow.acknowledged_at).is_(None),
            )
            .values(acknowledged_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[acknowledged])
