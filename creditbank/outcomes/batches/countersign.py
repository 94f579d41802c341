"""Countersign a batch, or discard it: decided by another person than the one who uploaded it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Update, update
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.errors import InvalidInput, Refusal
from creditbank.institutions.end import require_posting
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.decisions import (
    BatchAct,
    decision_row,
    require_covered,
    sealed_reason,
)
from creditbank.outcomes.batches.find import Batch, find_batches
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.tables import BatchDecisionRow, BatchRow
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The batches that commands name, and every institution with its history."""

    batches: Mapping[str, Batch]
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersign:
    """Ask that a waiting batch be recorded, or with a `reason` that it be discarded."""

    batch_id: str
    institution_id: str
    by: str
    batch_key: AccountKey
    discard_reason: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the batches and the institutions."""
        batches = find_batches(connection, {command.batch_id for command in commands})
        return State(batches=batches, histories=all_institutions(connection))

    def decide(self, state: State, moment: Moment) -> Decision[Any, None]:
        """Decide it.

        Raises `Refusal`: "not-found" outside the subtree, "batch-not-waiting",
        "second-person-required", "institution-suspended"; `InvalidInput` for the reason.
        """
        tree = tree_on(state.histories, civil_day(moment.now))
        batch = require_covered(tree, state.batches.get(self.batch_id), self.institution_id)
        if self.discard_reason is not None:
            problem = reason_problem(self.discard_reason)
            if problem is not None:
                raise InvalidInput([problem])
        if batch.state != BatchState.AWAITING:
            raise Refusal("batch-not-waiting", state=batch.state)
        if self.discard_reason is None:
            require_posting(state.histories[batch.institution_id], civil_day(moment.now))
        if batch.posted_with == self.by:
            raise Refusal("second-person-required")
        row = self._row(moment)
        left = State(
            batches={one: had for one, had in state.batches.items() if one != batch.id},
            histories=state.histories,
        )
        return Decision(
            answer=None, state=left, changes=[self._moved(moment)], rows={BatchDecisionRow: [row]}
        )

    def _row(self, moment: Moment) -> dict[str, object]:
        if self.discard_reason is None:
            return decision_row(self.batch_id, BatchAct.COUNTERSIGNED, self.by, moment)
        act = BatchAct.DISCARDED
        sealed = sealed_reason(
            self.batch_key, self.batch_id, act, self.discard_reason, moment.entropy
        )
        return decision_row(self.batch_id, act, self.by, moment, reason=(None, sealed))

    def _moved(self, moment: Moment) -> Update:
        values: dict[str, object] = {"state": BatchState.RECORDING.value}
        if self.discard_reason is not None:
            values = {
                "state": BatchState.DISCARDED.value,
                "finished_at": int(moment.now.timestamp()),
            }
        return update(BatchRow).where(col(BatchRow.id) == self.batch_id).values(**values)
