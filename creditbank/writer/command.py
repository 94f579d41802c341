"""What the writer knows of a command: it loads what it needs, then decides. Nothing else.

`load` sees the database under the head lock; `decide` sees nothing but its arguments.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, Protocol, Self, TypeVar

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from creditbank.conversion.working_days import WorkingDays, mainland_working_days
from ledger.leaf import LeafDraft

StateT = TypeVar("StateT")
AnswerT = TypeVar("AnswerT")

Rows = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicObject:
    """A public document that the ledger serves for ever under its SHA-256."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The world at the time of one decision: time, log, the next index, and randomness.

    `calendar` gives the bank's working days; it is asked only where a term is set.
    """

    now: datetime
    log: str
    next_index: int
    entropy: Callable[[int], bytes]
    calendar: Callable[[], WorkingDays] = mainland_working_days

    def after(self, leaves: int) -> Self:
        """Give the moment for the next decision, once `leaves` more leaves are drafted."""
        return replace(self, next_index=self.next_index + leaves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[StateT, AnswerT]):
    """What one command changes, what its caller is told, and the state for the next command.

    `changes` run in order, then `rows` are inserted in bulk; `leaves` take consecutive indexes
    from the moment's `next_index` on.
    """

    answer: AnswerT
    state: StateT
    rows: Mapping[type[SQLModel], Rows] = field(default_factory=dict)
    changes: Sequence[Executable] = ()
    leaves: Sequence[LeafDraft] = ()
    objects: Sequence[PublicObject] = ()


class Command(Protocol[StateT, AnswerT]):
    """One thing somebody asks of the bank."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> StateT:
        """Read what these commands name, with one query a table; the head is already locked."""
        ...

    def decide(self, state: StateT, moment: Moment) -> Decision[StateT, AnswerT]:
        """Decide purely. Raises a `Refusal`, which fails this command alone."""
        ...


class RepeatableCommand(Command[StateT, AnswerT], Protocol[StateT, AnswerT]):
    """A command whose caller may name its attempt, so that a repetition gets the first answer."""

    @classmethod
    def remember(cls, answer: AnswerT) -> str:
        """Give what must be kept of an answer."""
        ...

    @classmethod
    def recall(cls, result: str) -> AnswerT:
        """Give the first answer again."""
        ...


class AnsweredById:
    """What makes a command repeatable whose answer is the id of what it made."""

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the id for a repetition."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


def joined(*parts: Mapping[type[SQLModel], Rows]) -> dict[type[SQLModel], Rows]:
    """Give the rows of several decisions together, by table."""
    every: dict[type[SQLModel], list[Mapping[str, object]]] = {}
    for part in parts:
        for table, rows in part.items():
            every.setdefault(table, []).extend(rows)
    return dict(every)
