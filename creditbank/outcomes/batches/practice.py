"""Set whether an institution has its files countersigned by a second person; at once in effect."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from creditbank.outcomes.tables import BatchPracticeRow
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPractice:
    """Ask that files of an institution be recorded by one person or by two."""

    institution_id: str
    two_persons: bool
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing: the institution is the actor's own."""

    def decide(self, state: None, moment: Moment) -> Decision[Any, bool]:
        """Set it; batches that wait already go on waiting."""
        row: dict[str, object] = {
            "institution_id": self.institution_id,
            "two_persons": self.two_persons,
            "decided_by": self.by,
            "decided_at": int(moment.now.timestamp()),
        }
        earlier = delete(BatchPracticeRow).where(
            col(BatchPracticeRow.institution_id) == self.institution_id
        )
        return Decision(
            answer=self.two_persons, state=state, changes=[earlier], rows={BatchPracticeRow: [row]}
        )


def asking_two_persons(connection: Connection, institution_ids: Collection[str]) -> set[str]:
    """Give those of these institutions that ask for a second person."""
    wanted = select(col(BatchPracticeRow.institution_id)).where(
        col(BatchPracticeRow.institution_id).in_(institution_ids),
        col(BatchPracticeRow.two_persons).is_(True),
    )
    return set(connection.scalars(wanted))
