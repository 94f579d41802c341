"""End a pass at once: from then on it answers that the share was ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.errors import Refusal
from creditbank.passes.queries import StoredPass, find_passes
from creditbank.passes.tables import PassRow
from creditbank.writer.command import Decision, Moment

State = dict[str, StoredPass]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPass:
    """Ask that a pass end now; ending it again changes nothing."""

    pass_id: str
    account_id: str | None = None
    """Whose pass it must be; None for the bank's staff at the counter."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the passes that these commands name."""
        return find_passes(connection, {command.pass_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """End it; raises `Refusal("pass-unknown")`."""
        stored = state.get(self.pass_id)
        if stored is None or self.account_id not in {None, stored.account_id}:
            raise Refusal("pass-unknown")
        if stored.ended_at is not None:
            return Decision(answer=None, state=state)
        ended = (
            update(PassRow)
            .where(col(PassRow.id) == self.pass_id)
            .values(ended_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[ended])
