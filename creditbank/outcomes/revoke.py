"""Revoke an outcome: a compensating leaf, never a deletion. Repeating it changes nothing.

What this decides is written together with what follows for recognised credit, never alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.outcomes.queries import StoredOutcome
from creditbank.outcomes.status import (
    HOLDER_CLASSES,
    REVOCATION_CLASSES,
    OutcomeStatus,
    revoked_status,
)
from creditbank.outcomes.tables import OutcomeRevocationRow
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import Statement, make_statement

State = dict[str, StoredOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A revoked outcome; `entry_index` is the revocation's leaf, None where nothing changed."""

    outcome_id: str
    status: OutcomeStatus
    entry_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Ask that an outcome no longer stand: `void` for a clerk's error, else `revoked`.

    Without an institution it is the holder who asks, and then it is `cancelled`.
    """

    institution_id: str | None
    posted_with: str
    outcome_id: str
    key: AccountKey
    status: str
    reason: str

    def decide(self, state: State, moment: Moment) -> Decision[State, Revoked]:
        """Revoke it; raises a `Refusal`: "outcome-not-active" when it was corrected or revoked."""
        status = self._status()
        outcome = self._outcome(state)
        if outcome.status == status:
            unchanged = Revoked(outcome_id=outcome.id, status=status, entry_index=None)
            return Decision(answer=unchanged, state=state)
        if outcome.status != OutcomeStatus.SUSPENDED:
            require_active(outcome)
        leaf_id = new_id(moment.now, moment.entropy)
        statement = self._statement(outcome, moment)
        return Decision(
            answer=Revoked(outcome_id=outcome.id, status=status, entry_index=moment.next_index),
            state={**state, outcome.id: replace(outcome, status=status.value)},
            # A clerk's error may be recorded anew; misconduct may not.
            changes=[revoked_status(outcome.id, status=status)],
            rows={OutcomeRevocationRow: [self._row(leaf_id.hex(), statement, moment)]},
            leaves=[
                LeafDraft(
                    t="revoke",
                    id=leaf_id,
                    iss=outcome.institution_id,
                    acct=self.key.account_tag(leaf_id),
                    stmt=statement.digest,
                    ref=outcome.entry_index,
                )
            ],
        )

    @classmethod
    def remember(cls, answer: Revoked) -> str:
        """Keep what a repetition is answered with."""
        return f"{answer.outcome_id} {answer.status} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Revoked:
        """Give the first answer again."""
        outcome_id, status, index = result.split()
        return Revoked(
            outcome_id=outcome_id,
            status=OutcomeStatus(status),
            entry_index=None if index == "None" else int(index),
        )

    def _outcome(self, state: State) -> StoredOutcome:
        if self.institution_id is not None:
            return require_own(state, self.outcome_id, self.institution_id)
        outcome = state.get(self.outcome_id)
        if outcome is None or outcome.account_id != self.key.account_id:
            raise Refusal("not-found")
        return outcome

    def _status(self) -> OutcomeStatus:
        classes = REVOCATION_CLASSES if self.institution_id is not None else HOLDER_CLASSES
        known = tuple(one.value for one in classes)
        problems = []
        if self.status not in known:
            facts = {"known": known}
            problems.append(FieldProblem(field="status", code="status-unknown", facts=facts))
        if (problem := reason_problem(self.reason)) is not None:
            problems.append(problem)
        if problems:
            raise InvalidInput(problems)
        return OutcomeStatus(self.status)

    def _statement(self, outcome: StoredOutcome, moment: Moment) -> Statement:
        return make_statement(
            issuer=outcome.institution_id,
            log=moment.log,
            kind="revoke",
            fields={"outcome": outcome.id, "status": self.status, "reason": self.reason},
            entropy=moment.entropy,
        )

    def _row(self, revocation_id: str, statement: Statement, moment: Moment) -> dict[str, object]:
        table = str(OutcomeRevocationRow.__tablename__)
        return {
            "outcome_id": self.outcome_id,
            "id": revocation_id,
            "posted_with": self.posted_with,
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                self.key, table, revocation_id, statement, moment.entropy
            ),
            "reassigned_to": None,
        }


def require_own(
    state: Mapping[str, StoredOutcome], outcome_id: str, institution_id: str
) -> StoredOutcome:
    """Give an institution's own outcome; any other is alike unknown to it."""
    outcome = state.get(outcome_id)
    if outcome is None or outcome.institution_id != institution_id:
        raise Refusal("not-found")
    return outcome


def require_active(outcome: StoredOutcome) -> None:
    """Raise `Refusal("outcome-not-active")` for an outcome that no longer stands."""
    if outcome.status != OutcomeStatus.ACTIVE:
        raise Refusal("outcome-not-active", status=outcome.status)
