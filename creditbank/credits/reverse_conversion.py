"""Reverse one conversion because an appeal found the decision itself wrong; outcomes stand.

What it used is free again, so that the same request can be filed anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from creditbank.credits.queries import find_conversions
from creditbank.credits.reversal import Cause, ReversalCause, Standing, as_standing, reverse_one
from creditbank.credits.status import HOLDING
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.writer.command import Decision, Moment

State = Mapping[str, Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseConversion:
    """Ask that a conversion be reversed by an appeal; `by` is the login of who decided it."""

    conversion_id: str
    key: AccountKey
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the conversions that these commands name."""
        found = find_conversions(connection, {command.conversion_id for command in commands})
        return {one.conversion.id: one for one in as_standing(connection, found)}

    def decide(self, state: State, moment: Moment) -> Decision[State, bool]:
        """Reverse it; the answer is False, and nothing changes, where it no longer stands.

        Raises `Refusal("not-found")` for another account's conversion.
        """
        standing = state.get(self.conversion_id)
        if standing is None or standing.conversion.account_id != self.key.account_id:
            raise Refusal("not-found")
        if standing.conversion.status not in HOLDING:
            return Decision(answer=False, state=state)
        cause = Cause(kind=ReversalCause.APPEAL, key=self.key, by=self.by)
        reversal = reverse_one(standing, cause, moment)
        return Decision(
            answer=True,
            state={one: had for one, had in state.items() if one != self.conversion_id},
            changes=reversal.changes,
            rows=reversal.rows,
            leaves=[reversal.leaf],
        )
