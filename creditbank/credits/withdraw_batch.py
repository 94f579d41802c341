"""Withdraw a batch whole: every outcome is taken back, with the credit recognised from it.

It is begun in one transaction, goes on by stretches so that single posts pass between, and is
completed with a leaf. Each step may be repeated after a crash: what is taken back already is passed
over. Credit that is recognised from the batch between the steps is reversed too.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from creditbank.credits.queries import standing_conversions_using, uses_of
from creditbank.credits.reverse import RevokeOutcome, State
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.store import KeyStore
from creditbank.outcomes.batches.decisions import BatchAct, find_decisions
from creditbank.outcomes.batches.find import Batch, batch_outcomes, find_batches
from creditbank.outcomes.batches.withdraw import CompleteWithdrawal, Withdrawal
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.revoke import Revocation
from creditbank.outcomes.revoke import State as Revocable
from creditbank.outcomes.status import OutcomeStatus, revoked_status
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer
from ledger.leaf import LeafDraft

STRETCH_ROWS_MAX = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Whom a withdrawal concerns: standing outcomes, those converted, conversions, learners."""

    outcomes: int
    converted: int
    conversions: tuple[str, ...]
    learners: int


class Parts(Protocol):
    """What a withdrawal works with; a bank has them all."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...


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
            batches=batches, affected={one: affected_by(connection, one) for one in batches}
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


@dataclass(frozen=True, slots=True)
class WithdrawRows:
    """Ask that a stretch of a batch's outcomes be taken back; others than standing stay."""

    revocations: Sequence[Revocation]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State[Revocable]:
        """Load the outcomes, and the conversions that use them."""
        return RevokeOutcome.load(
            connection, [RevokeOutcome(one) for command in commands for one in command.revocations]
        )

    def decide(
        self, state: State[Revocable], moment: Moment
    ) -> Decision[State[Revocable], tuple[str, ...]]:
        """Take them back; the answer names the conversions that were reversed."""
        rows: dict[type[SQLModel], list[Mapping[str, object]]] = defaultdict(list)
        leaves: list[LeafDraft] = []
        changes: list[Executable] = []
        taken: list[str] = []
        reversed_: list[str] = []
        for revocation in self.revocations:
            if state.known[revocation.outcome_id].status != OutcomeStatus.ACTIVE:
                continue
            decision: Decision[State[Revocable], Any] = RevokeOutcome(revocation).decide(
                state, moment.after(len(leaves))
            )
            state = decision.state
            taken.append(revocation.outcome_id)
            reversed_.extend(decision.answer.reversed)
            leaves.extend(decision.leaves)
            # The first change is the outcome's own; all of them are changed at once, below.
            changes.extend(decision.changes[1:])
            for table, some in decision.rows.items():
                rows[table].extend(some)
        return Decision(
            answer=tuple(reversed_),
            state=state,
            changes=[*self._taken_back(taken), *changes],
            rows=rows,
            leaves=leaves,
        )

    def _taken_back(self, outcome_ids: Sequence[str]) -> list[Executable]:
        if not outcome_ids:
            return []
        return [revoked_status(*outcome_ids, status=OutcomeStatus(self.revocations[0].status))]


def affected_by(connection: Connection, batch_id: str) -> Affected:
    """Say whom the withdrawal of a batch concerns."""
    standing, conversions, converted, learners = 0, dict[str, int](), set[str](), set[str]()
    for outcomes in _standing(connection, batch_id):
        ids = {one.id for one in outcomes}
        standing += len(ids)
        learners |= {one.account_id for one in outcomes}
        found = standing_conversions_using(connection, ids)
        conversions |= {one.id: one.entry_index for one in found.values()}
        uses = uses_of(connection, found)
        used = {use.part.outcome for some in uses.values() for use in some}
        converted |= ids & used
    return Affected(
        outcomes=standing,
        converted=len(converted),
        conversions=tuple(sorted(conversions, key=conversions.__getitem__)),
        learners=len(learners),
    )


def go_on_withdrawing(parts: Parts, batch: Batch) -> None:
    """Take back what is left of a batch that is being withdrawn, and complete it."""
    key = parts.keystore.get([batch.id])[batch.id]
    with parts.readers.reading() as connection:
        decision = find_decisions(connection, batch.id)[BatchAct.WITHDRAWN]
        left = [
            (one.id, one.account_id) for some in _standing(connection, batch.id) for one in some
        ]
    reason = decision.reason(key)
    erased = 0
    for stretch in _stretches(left):
        keys = parts.keystore.get(sorted({account_id for _, account_id in stretch}))
        revocations = [
            Revocation(
                institution_id=batch.institution_id,
                posted_with=decision.decided_by,
                outcome_id=outcome_id,
                key=keys[account_id],
                status=decision.reason_class or "",
                reason=reason,
            )
            for outcome_id, account_id in stretch
            if account_id in keys
        ]
        erased += len(stretch) - len(revocations)
        parts.writer.write(WithdrawRows(revocations))
    parts.writer.write(CompleteWithdrawal(batch_id=batch.id, batch_key=key, left=erased))


def _standing(connection: Connection, batch_id: str) -> Iterator[list[StoredOutcome]]:
    for outcomes in batch_outcomes(connection, batch_id):
        stored = find_outcomes(connection, [outcome_id for outcome_id, _ in outcomes])
        yield [one for one in stored.values() if one.status == OutcomeStatus.ACTIVE]


def _stretches(rows: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(rows), STRETCH_ROWS_MAX):
        yield rows[start : start + STRETCH_ROWS_MAX]
