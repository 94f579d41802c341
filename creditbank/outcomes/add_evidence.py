"""Add evidence of an outcome, unless that was recorded for somebody else meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.errors import Refusal
from creditbank.evidence.add import AddedEvidence, AddEvidence
from creditbank.evidence.add import State as EvidenceState
from creditbank.outcomes.queries import find_revocations
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The evidence of accounts, and what each reassigned outcome was reassigned to."""

    evidence: EvidenceState
    reassigned: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddOutcomeEvidence:
    """Ask that a piece of evidence be added to the outcome that it is about."""

    asked: AddEvidence

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the evidence, and what became of the outcomes."""
        about = [one.asked.about for one in commands]
        ended = find_revocations(connection, {one.outcome_id for one in about if one is not None})
        return State(
            evidence=AddEvidence.load(connection, [one.asked for one in commands]),
            reassigned={
                outcome: one.reassigned_to
                for outcome, one in ended.items()
                if one.reassigned_to is not None
            },
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, AddedEvidence]:
        """Add it; raises `Refusal("outcome-reassigned")`, and as `AddEvidence` does."""
        about = self.asked.about
        if about is not None and (there := state.reassigned.get(about.outcome_id)) is not None:
            raise Refusal("outcome-reassigned", outcome=there)
        added = self.asked.decide(state.evidence, moment)
        return Decision(
            answer=added.answer,
            state=replace(state, evidence=added.state),
            rows=added.rows,
            leaves=added.leaves,
        )
