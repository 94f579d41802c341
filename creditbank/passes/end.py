"""End a pass at once: from then on it answers that the share was ended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, Executable, select, update
from sqlmodel import col

from creditbank.errors import Refusal
from creditbank.passes.queries import StoredPass, find_passes
from creditbank.passes.tables import PassOutcomeRow, PassRow
from creditbank.writer.command import Decision, Moment

State = dict[str, StoredPass]


def end_passes_showing(account_id: str, outcome_ids: Collection[str], now: datetime) -> Executable:
    """Give the change that ends the passes of an account which show any of these outcomes."""
    showing = select(col(PassOutcomeRow.pass_id)).where(
        col(PassOutcomeRow.outcome_id).in_(outcome_ids)
    )
    return (
        update(PassRow)
        .where(
            col(PassRow.account_id) == account_id,
            col(PassRow.ended_at).is_(None),
            col(PassRow.id).in_(showing),
        )
        .values(ended_at=int(now.timestamp()))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPass:
    """Ask that a pass end now; ending it again changes nothing."""

    pass_id: str
    account_ids: Collection[str] | None = None
    """Whose pass it must be, by all accounts of one person; None for staff at the counter."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the passes that these commands name."""
        return find_passes(connection, {command.pass_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """End it; raises `Refusal("pass-unknown")`."""
        stored = state.get(self.pass_id)
        is_hers = stored is not None and stored.account_id in (self.account_ids or ())
        if stored is None or not (is_hers or self.account_ids is None):
            raise Refusal("pass-unknown")
        if stored.ended_at is not None:
            return Decision(answer=None, state=state)
        ended = (
            update(PassRow)
            .where(col(PassRow.id) == self.pass_id)
            .values(ended_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[ended])
