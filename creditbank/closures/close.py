"""Close an account: it is hidden until it is opened again, and its standing grants end for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.access.actor import Actor
from creditbank.grants.end import end_grants_of
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import AccountState, StateAct
from creditbank.learners.change_state import ChangeState, Lives, find_lives
from creditbank.learners.queries import merged_into
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The accounts that are closed, and those that go on in each."""

    lives: Lives
    merged: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccount:
    """Ask that its owner's account be closed, and every grant of hers end."""

    key: AccountKey
    by: Actor
    reason: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Closing:
        """Load the accounts, their histories and what was merged into them."""
        lives = find_lives(connection, {command.key.account_id for command in commands})
        return Closing(lives=lives, merged=merged_into(connection, lives.keys()))

    def decide(self, state: Closing, moment: Moment) -> Decision[Closing, AccountState]:
        """Close it; the answer is the new state. Raises a `Refusal` as `ChangeState` does."""
        change = ChangeState(key=self.key, act=StateAct.CLOSE, by=self.by, reason=self.reason)
        closed = change.decide(state.lives, moment)
        account_id = self.key.account_id
        hers = [account_id, *state.merged.get(account_id, ())]
        return Decision(
            answer=closed.answer,
            state=replace(state, lives=closed.state),
            rows=closed.rows,
            changes=[*closed.changes, end_grants_of(hers, moment.now)],
        )
