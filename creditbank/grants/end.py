"""End a standing grant at once: from then on its employer is told so, and nothing more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, Executable, select, update
from sqlmodel import col

from creditbank.errors import Refusal
from creditbank.grants.queries import StoredGrant, find_grants
from creditbank.grants.tables import GrantOutcomeRow, GrantRow
from creditbank.writer.command import Decision, Moment

State = dict[str, StoredGrant]


def end_grants_of(account_ids: Collection[str], now: datetime) -> Executable:
    """Give the change that ends every grant of these accounts."""
    return (
        update(GrantRow)
        .where(col(GrantRow.account_id).in_(account_ids), col(GrantRow.ended_at).is_(None))
        .values(ended_at=int(now.timestamp()))
    )


def end_grants_showing(account_id: str, outcome_ids: Collection[str], now: datetime) -> Executable:
    """Give the change that ends the grants of an account which show any of these outcomes."""
    showing = select(col(GrantOutcomeRow.grant_id)).where(
        col(GrantOutcomeRow.outcome_id).in_(outcome_ids)
    )
    return (
        update(GrantRow)
        .where(
            col(GrantRow.account_id) == account_id,
            col(GrantRow.ended_at).is_(None),
            col(GrantRow.id).in_(showing),
        )
        .values(ended_at=int(now.timestamp()))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndGrant:
    """Ask that a grant of one of these accounts end now; ending it again changes nothing."""

    grant_id: str
    account_ids: Collection[str]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the grants that these commands name."""
        return find_grants(connection, {command.grant_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """End it; raises `Refusal("grant-unknown")`."""
        stored = state.get(self.grant_id)
        if stored is None or stored.account_id not in self.account_ids:
            raise Refusal("grant-unknown")
        ended = (
            update(GrantRow)
            .where(col(GrantRow.id) == self.grant_id, col(GrantRow.ended_at).is_(None))
            .values(ended_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[ended])
