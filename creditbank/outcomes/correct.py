"""Correct an outcome: the result is stated anew, and the new outcome supersedes the old one.

What this decides is written together with what follows for recognised credit, never alone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from creditbank.errors import InvalidInput, Refusal
from creditbank.outcomes.decide import decide_correction
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.record import load_records, rows_of
from creditbank.outcomes.records import Correction, Draft, Posting, Records
from creditbank.outcomes.revoke import require_active, require_own
from creditbank.outcomes.status import OutcomeStatus, set_status
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The outcome that now stands, its leaf's index, and the one it supersedes."""

    outcome_id: str
    entry_index: int
    supersedes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes that restatements name, and what is known by the institution that corrects."""

    outcomes: dict[str, StoredOutcome]
    records: Mapping[str, Records]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """Ask that an outcome be replaced by the same learner's result as it should have been."""

    institution_id: str
    posted_with: str
    outcome_id: str
    posting: Posting
    reason: str

    def decide(self, state: State, moment: Moment) -> Decision[State, Corrected]:
        """Supersede it; raises a `Refusal`.

        Its codes: "outcome-not-active", "outcome-conflict" where another outcome is that result,
        "correction-empty" where nothing differs, and as recording does.
        """
        if (problem := reason_problem(self.reason)) is not None:
            raise InvalidInput([problem])
        old = require_own(state.outcomes, self.outcome_id, self.institution_id)
        require_active(old)
        if old.account_id != self.posting.key.account_id:
            raise Refusal("not-found")
        draft = Draft(moment=moment, posted_with=self.posted_with, batch_id=None)
        correction = Correction(outcome_id=old.id, entry_index=old.entry_index, reason=self.reason)
        recorded = decide_correction(
            self.posting, correction, state.records[self.institution_id], draft
        )
        if old.natural_tag is not None:
            self._free(old.natural_tag, recorded.outcome_id, state)
        state.outcomes[old.id] = replace(old, status=OutcomeStatus.SUPERSEDED.value)
        return Decision(
            answer=Corrected(
                outcome_id=recorded.outcome_id,
                entry_index=recorded.entry_index,
                supersedes=old.id,
            ),
            state=state,
            changes=[set_status(old.id, status=OutcomeStatus.SUPERSEDED, frees_tag=True)],
            rows=rows_of(draft),
            leaves=draft.leaves,
        )

    def _free(self, tag: bytes, outcome_id: str, state: State) -> None:
        """Forget whose result a tag was, unless it is now the new outcome's."""
        known = state.records[self.institution_id].known
        if tag in known and known[tag].recorded.outcome_id != outcome_id:
            del known[tag]

    @classmethod
    def remember(cls, answer: Corrected) -> str:
        """Keep what a repetition is answered with."""
        return f"{answer.outcome_id} {answer.entry_index} {answer.supersedes}"

    @classmethod
    def recall(cls, result: str) -> Corrected:
        """Give the first answer again."""
        outcome_id, index, supersedes = result.split()
        return Corrected(outcome_id=outcome_id, entry_index=int(index), supersedes=supersedes)


def load_restatements(connection: Connection, asked: Sequence[Restatement]) -> State:
    """Load the outcomes and what their new postings name."""
    postings: dict[str, list[Posting]] = defaultdict(list)
    for one in asked:
        postings[one.institution_id].append(one.posting)
    return State(
        outcomes=find_outcomes(connection, {one.outcome_id for one in asked}),
        records={
            institution_id: load_records(connection, institution_id, posted)
            for institution_id, posted in postings.items()
        },
    )
