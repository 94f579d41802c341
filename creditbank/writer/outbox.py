"""Messages to institutions, written in the transaction of what they tell of.

They are delivered at least once and in order: an institution reads those after the last that it
knows, and says up to which one it has them. Webhooks read the same table, in no promised order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, Executable, delete, select, update
from sqlmodel import SQLModel, col

from creditbank.database import table_of
from creditbank.writer.command import Decision, Moment, Rows
from creditbank.writer.tables import OutboxRow
from ledger.leaf import new_id

_INDEX_DIGITS = 15


class MessageKind(StrEnum):
    """What a message tells; the first word says what its subject is."""

    CREDIT_TO_ENTER = "credit-to-enter"  # 待入册
    CREDIT_REVERSED = "credit-reversed"  # 已入册的学分被撤销
    BATCH_ENDED = "batch-ended"  # 批次处理完毕
    HELD_DECIDED = "held-decided"  # 待核成果已处理
    MATTER_RECEIVED = "matter-received"  # 事项待办
    MATTER_ENDED = "matter-ended"  # 事项办结
    FILING_RECEIVED = "filing-received"  # 申请待办
    FILING_ENDED = "filing-ended"  # 申请办结
    OUTCOME_SUSPENDED = "outcome-suspended"  # 成果被冻结
    OUTCOME_LIFTED = "outcome-lifted"  # 成果解除冻结
    OUTCOME_TAKEN_BACK = "outcome-taken-back"  # 成果被撤回


OF_CREDIT = frozenset({MessageKind.CREDIT_TO_ENTER, MessageKind.CREDIT_REVERSED})
"""What a school must not miss: kept until it is acknowledged. The others are kept for a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A stored message; times are seconds since 1970."""

    id: str
    institution_id: str
    kind: str
    subject_id: str
    facts: Mapping[str, str | int] | None
    created_at: int
    acknowledged_at: int | None


_COLUMNS = [table_of(OutboxRow).c[name] for name in Message.__slots__]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """What an institution is told of which subject; `facts` are codes, counts and ids."""

    institution_id: str
    kind: MessageKind
    subject_id: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


def message_rows(messages: Iterable[NewMessage], moment: Moment) -> dict[type[SQLModel], Rows]:
    """Give the rows that these messages add, by table, for the decision that sends them.

    The moment is that of the leaf that they tell of, if they tell of one.
    """
    now = int(moment.now.timestamp())
    rows = [
        {
            "id": _message_id(one, moment),
            "institution_id": one.institution_id,
            "kind": one.kind.value,
            "subject_id": one.subject_id,
            "facts": dict(one.facts) or None,
            "created_at": now,
        }
        for one in messages
    ]
    return {OutboxRow: rows} if rows else {}


def _message_id(message: NewMessage, moment: Moment) -> str:
    """Give an id behind those of every earlier commit, whether or not a leaf comes with it.

    Without one the index is that of the leaf before, and the time decides.
    """
    if message.kind in OF_CREDIT:
        return f"{moment.next_index:0{_INDEX_DIGITS}d}-{message.subject_id}"
    told_at = new_id(moment.now, moment.entropy).hex()
    return f"{max(moment.next_index - 1, 0):0{_INDEX_DIGITS}d}-{told_at}"


def messages_for(
    connection: Connection,
    institution_id: str,
    *,
    after: str = "",
    limit: int,
    kinds: Collection[MessageKind] = OF_CREDIT,
) -> list[Message]:
    """Give what an institution was told after a message and did not acknowledge, oldest first."""
    wanted = (
        select(*_COLUMNS)
        .where(
            col(OutboxRow.institution_id) == institution_id,
            col(OutboxRow.id) > after,
            col(OutboxRow.kind).in_(sorted(kinds)),
            col(OutboxRow.acknowledged_at).is_(None),
        )
        .order_by(col(OutboxRow.id))
        .limit(limit)
    )
    return [Message(**row) for row in connection.execute(wanted).mappings()]


def unsent_messages(connection: Connection, limit: int) -> list[Message]:
    """Give messages of which no endpoint was told yet, oldest first."""
    wanted = select(*_COLUMNS).where(col(OutboxRow.sent_on_at).is_(None))
    rows = connection.execute(wanted.order_by(col(OutboxRow.id)).limit(limit)).mappings()
    return [Message(**row) for row in rows]


def sent_on(message_ids: Collection[str], at: int) -> Executable:
    """Give the change that notes that the endpoints were told."""
    return update(OutboxRow).where(col(OutboxRow.id).in_(message_ids)).values(sent_on_at=at)


def without_old(before: int) -> Executable:
    """Give the change that forgets what was told before a time, but for what is kept on."""
    return delete(OutboxRow).where(
        col(OutboxRow.created_at) < before, col(OutboxRow.kind).not_in(sorted(OF_CREDIT))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeMessages:
    """Ask that an institution be told nothing of these kinds again up to this message."""

    institution_id: str
    up_to: str
    kinds: Collection[MessageKind] = OF_CREDIT

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
                col(OutboxRow.kind).in_(sorted(self.kinds)),
                col(OutboxRow.acknowledged_at).is_(None),
            )
            .values(acknowledged_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[acknowledged])
