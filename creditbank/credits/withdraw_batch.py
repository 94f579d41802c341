"""Begin to withdraw a batch, and say whom that concerns; `withdraw_rows` goes on with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from creditbank.credits.affected import Affected, affected_by
from creditbank.errors import Refusal
from creditbank.outcomes.batches.find import Batch, batch_outcomes, find_batches
from creditbank.outcomes.batches.withdraw import Withdrawal
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import STANDING
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawable:
    """The batches that commands name, and whom their withdrawal concerns."""

    batches: Mapping[str, Batch]
    affected: Mapping[str, Affected]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginWithdrawal:
    """Ask that a batch be withdrawn; where a row was converted, only `through_reversal`."""

    asked: Withdrawal
    through_reversal: bool = False

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Withdrawable:
        """Load the batches and what was recognised from them."""
        batches = find_batches(connection, {command.asked.batch_id for command in commands})
        return Withdrawable(
            batches=batches,
            affected={one: affected_by_withdrawal(connection, one) for one in batches},
        )

    def decide(self, state: Withdrawable, moment: Moment) -> Decision[Withdrawable, Affected]:
        """Begin it; raises as `Withdrawal` does, and `Refusal("batch-converted")`."""
        decision = self.asked.start(state.batches.get(self.asked.batch_id), moment)
        affected = state.affected[self.asked.batch_id]
        if affected.converted and not self.through_reversal:
            raise Refusal(
                "batch-converted",
                converted=affected.converted,
                conversions=len(affected.conversions),
            )
        left = {one: had for one, had in state.batches.items() if one != self.asked.batch_id}
        return Decision(
            answer=affected,
            state=Withdrawable(batches=left, affected=state.affected),
            changes=decision.changes,
            rows=decision.rows,
        )


def affected_by_withdrawal(connection: Connection, batch_id: str) -> Affected:
    """Say whom the withdrawal of a batch concerns."""
    return affected_by(connection, standing_outcomes(connection, batch_id))


def standing_outcomes(connection: Connection, batch_id: str) -> Iterator[list[StoredOutcome]]:
    """Give what a batch recorded and still stands, some at a time; suspended is standing too."""
    for outcomes in batch_outcomes(connection, batch_id):
        stored = find_outcomes(connection, [outcome_id for outcome_id, _ in outcomes])
        yield [one for one in stored.values() if one.status in STANDING]
