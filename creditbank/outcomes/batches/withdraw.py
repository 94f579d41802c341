"""Begin and complete the withdrawal of a batch; what becomes of its rows is decided in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.decisions import (
    BatchAct,
    StoredDecision,
    decision_row,
    find_decisions,
    left_standing,
    outcomes_by_status,
    sealed_reason,
    withdrawal_document,
    withdrawal_facts,
)
from creditbank.outcomes.batches.find import Batch, find_batches
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.held_rows import holds_waiting_in
from creditbank.outcomes.status import REVOCATION_CLASSES
from creditbank.outcomes.tables import BatchDecisionRow, BatchRow
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

DOCUMENT_TYPE = "application/vnd.creditbank.batch-withdrawal+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What is asked: the batch, by whom, the class of the reason, and the reason."""

    batch_id: str
    institution_id: str
    by: str
    batch_key: AccountKey
    status: str
    reason: str

    def start(self, batch: Batch | None, moment: Moment) -> Decision[Any, None]:
        """Start it.

        Raises `InvalidInput`, and `Refusal`: "not-found", "batch-not-recorded".
        """
        self._require_well_formed()
        if batch is None or batch.institution_id != self.institution_id:
            raise Refusal("not-found")
        if batch.state != BatchState.RECORDED:
            raise Refusal("batch-not-recorded", state=batch.state)
        act = BatchAct.WITHDRAWN
        sealed = sealed_reason(self.batch_key, batch.id, act, self.reason, moment.entropy)
        row = decision_row(batch.id, act, self.by, moment, reason=(self.status, sealed))
        moved = update(BatchRow).where(col(BatchRow.id) == batch.id)
        return Decision(
            answer=None,
            state=None,
            changes=[moved.values(state=BatchState.WITHDRAWING.value)],
            rows={BatchDecisionRow: [row]},
        )

    def _require_well_formed(self) -> None:
        known = tuple(one.value for one in REVOCATION_CLASSES)
        problems = []
        if self.status not in known:
            facts = {"known": known}
            problems.append(FieldProblem(field="status", code="status-unknown", facts=facts))
        if (problem := reason_problem(self.reason)) is not None:
            problems.append(problem)
        if problems:
            raise InvalidInput(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completing:
    """A batch that is being withdrawn, what was decided, its outcomes by status, what is held."""

    batch: Batch
    decision: StoredDecision
    outcomes: Mapping[str, int]
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWithdrawal:
    """Ask that a withdrawal be completed with its leaf; the answer is the leaf's index.

    `left` counts the outcomes of erased learners, whom nothing can be stated about any more.
    """

    batch_id: str
    batch_key: AccountKey
    left: int

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, Completing]:
        """Load the batches, what was decided, and what their outcomes are."""
        batches = find_batches(connection, {command.batch_id for command in commands})
        return {
            batch.id: Completing(
                batch=batch,
                decision=find_decisions(connection, batch.id)[BatchAct.WITHDRAWN],
                outcomes=outcomes_by_status(connection, batch.id),
                is_held=bool(holds_waiting_in(connection, batch.id)),
            )
            for batch in batches.values()
            if batch.state == BatchState.WITHDRAWING
        }

    def decide(
        self, state: dict[str, Completing], moment: Moment
    ) -> Decision[dict[str, Completing], int]:
        """Complete it; raises `Refusal("batch-elsewhere")` when that was done, or rows are left."""
        known = state.get(self.batch_id)
        if known is None or known.is_held or left_standing(known.outcomes) != self.left:
            raise Refusal("batch-elsewhere")
        document = document_of_withdrawal(
            known.batch, known.decision, known.outcomes, self.batch_key
        )
        leaf = LeafDraft(
            t="batch",
            id=new_id(moment.now, moment.entropy),
            iss=known.batch.institution_id,
            object=sha256(document).digest(),
            ref=known.batch.entry_index,
        )
        moved = update(BatchRow).where(col(BatchRow.id) == self.batch_id)
        noted = update(BatchDecisionRow).where(
            col(BatchDecisionRow.batch_id) == self.batch_id,
            col(BatchDecisionRow.act) == BatchAct.WITHDRAWN.value,
        )
        return Decision(
            answer=moment.next_index,
            state={one: had for one, had in state.items() if one != self.batch_id},
            changes=[
                moved.values(state=BatchState.WITHDRAWN.value),
                noted.values(entry_index=moment.next_index),
            ],
            leaves=[leaf],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
        )


def document_of_withdrawal(
    batch: Batch, decision: StoredDecision, outcomes: Mapping[str, int], key: AccountKey
) -> bytes:
    """Give the public document of a withdrawal; raises `SealBroken` for its reason."""
    facts = withdrawal_facts(decision, decision.reason(key))
    return withdrawal_document(batch, decision, outcomes, key.upload_tag(facts))
