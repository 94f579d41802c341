"""Answer a dispute: the record was corrected; the answer names the outcome that stands now.

The correction itself is another act, with its own leaf and what follows for recognised credit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.matters import take as steps
from creditbank.matters.matter import MatterKind, MatterState, StepKind
from creditbank.matters.queries import Matter, find_matters
from creditbank.matters.take import Said, load_steps, require_matter, take
from creditbank.outcomes.chains import with_superseding
from creditbank.outcomes.dispute import DisputedField
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import STANDING
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The disputes, what superseded each disputed outcome, and these and the named outcomes."""

    steps: steps.State
    chains: Mapping[str, Sequence[str]]
    outcomes: Mapping[str, StoredOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCorrected:
    """Ask that a dispute be answered by what was corrected, as the person `said` names.

    `institution_id` is that person's. `outcome_id` names the outcome that is right where it does
    not supersede the disputed one: posted anew after that was taken back. `keys` are those of all
    the learner's accounts.
    """

    matter_id: str
    institution_id: str
    said: Said
    keys: Mapping[str, AccountKey]
    outcome_id: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the disputes and the outcomes that these commands name."""
        found = find_matters(connection, {one.matter_id for one in commands})
        disputed = {one.disputed_id for one in found.values() if one.disputed_id is not None}
        chains = with_superseding(connection, disputed)
        named = {one.outcome_id for one in commands if one.outcome_id is not None}
        return State(
            steps=load_steps(connection, found.keys()),
            chains=chains,
            outcomes=find_outcomes(connection, named.union(*chains.values()) if chains else named),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, MatterState]:
        """Answer it; raises `InvalidInput`, and a `Refusal`: "dispute-not-corrected", as `take`."""
        on = civil_day(moment.now)
        matter = require_matter(state.steps, self.matter_id, covering=self.institution_id, on=on)
        if matter.kind != MatterKind.DISPUTE or matter.account_id not in self.keys:
            raise Refusal("not-found")
        taken = take(
            matter,
            StepKind.CORRECTED,
            self.said,
            key=self.keys[matter.account_id],
            state=state.steps,
            moment=moment,
            outcome_id=self._right(matter, state),
        )
        return Decision(
            answer=MatterState.CORRECTED,
            state=replace(state, steps=taken.state),
            changes=taken.changes,
            rows=taken.rows,
        )

    def _right(self, matter: Matter, state: State) -> str | None:
        """Give the outcome that is right, None where the disputed one was only taken back.

        Raises `Refusal("dispute-not-corrected")` while it stands as it did.
        """
        disputed = str(matter.disputed_id)
        newest = state.chains[disputed][-1]
        if self.outcome_id is not None and self.outcome_id != newest:
            return self._named(state, self.outcome_id)
        if newest == disputed and (
            state.outcomes[disputed].status in STANDING or self._is_about_status(matter)
        ):
            raise Refusal("dispute-not-corrected")
        return newest if newest != disputed else None

    def _is_about_status(self, matter: Matter) -> bool:
        """Say whether it was disputed that the outcome was taken back: only another answers it."""
        content = matter.content(self.keys[matter.account_id])
        return content.get("field") == DisputedField.STATUS

    def _named(self, state: State, outcome_id: str) -> str:
        outcome = state.outcomes.get(outcome_id)
        is_hers = outcome is not None and outcome.account_id in self.keys
        if outcome is None or not is_hers or outcome.status not in STANDING:
            raise InvalidInput([FieldProblem(field="outcome", code="outcome-unknown")])
        return outcome.id

    @classmethod
    def remember(cls, answer: MatterState) -> str:
        """Keep the state."""
        return answer.value

    @classmethod
    def recall(cls, result: str) -> MatterState:
        """Give the first answer again."""
        return MatterState(result)
