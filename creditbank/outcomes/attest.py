"""Decide a matter to attested: the institution records the outcome, and its citizen is told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, Executable

from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.matter import StepKind
from creditbank.matters.queries import Matter, find_matters
from creditbank.matters.take import Said, State, load_steps, require_matter, take
from creditbank.outcomes.decide import decide_attached
from creditbank.outcomes.record import load_records, rows_of
from creditbank.outcomes.records import Draft, Posting, Recorded, Records
from creditbank.writer.command import Decision, Moment, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The matters, and what is known of each institution's postings."""

    steps: State
    records: Mapping[str, Records]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestMatter:
    """Ask that a matter be decided by recording its outcome, as the person `said` names.

    `institution_id` is that person's; the outcome is the matter's institution's own. `keys` are
    those of all the citizen's accounts; it is recorded in the one that goes on.
    """

    matter_id: str
    institution_id: str
    said: Said
    keys: Mapping[str, AccountKey]
    posting: Posting

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load the matters, those they are about, and what recording needs."""
        matters = find_matters(connection, {command.matter_id for command in commands})
        about = {one.about_id for one in matters.values() if one.about_id is not None}
        postings: dict[str, list[Posting]] = defaultdict(list)
        for command in commands:
            matter = matters.get(command.matter_id)
            if matter is not None and matter.institution_id is not None:
                postings[matter.institution_id].append(command.posting)
        return Known(
            steps=load_steps(connection, matters.keys() | about),
            records={one: load_records(connection, one, some) for one, some in postings.items()},
        )

    def decide(self, state: Known, moment: Moment) -> Decision[Known, Recorded]:
        """Record it; raises a `Refusal`: "not-found", "matter-not-open", and as recording does.

        What was recorded before with the same content is what the matter then names.
        """
        matter = require_matter(
            state.steps,
            self.matter_id,
            covering=self.institution_id,
            on=civil_day(moment.now),
        )
        if matter.institution_id is None:
            raise Refusal("not-found")
        asked = self._asked(matter, state.steps)
        draft = Draft(moment=moment, posted_with=self.said.by, batch_id=None)
        recorded = decide_attached(self.posting, state.records[matter.institution_id], draft)
        steps, rows = state.steps, rows_of(draft)
        changes: list[Executable] = []
        for one in asked:
            taken = take(
                one,
                StepKind.ATTESTED,
                self.said,
                key=self.keys[one.account_id],
                state=steps,
                moment=moment,
                outcome_id=recorded.outcome_id,
            )
            steps, rows = taken.state, joined(rows, taken.rows)
            changes += taken.changes
        return Decision(
            answer=recorded,
            state=Known(steps=steps, records=state.records),
            changes=changes,
            rows=rows,
            leaves=draft.leaves,
        )

    def _asked(self, matter: Matter, steps: State) -> list[Matter]:
        """Give the matter and the deposit that it is about, unless that is no more hers.

        Raises `Refusal("busy")` where accounts were merged or parted since they were looked up.
        """
        goes_on = steps.going_on[matter.account_id]
        about = [steps.matters[one] for one in (matter.about_id,) if one is not None]
        asked = [matter, *(one for one in about if steps.going_on[one.account_id] == goes_on)]
        is_known = all(one.account_id in self.keys for one in asked)
        if self.posting.key.account_id != goes_on or not is_known:
            raise Refusal("busy", retry_after_seconds=1)
        return asked

    @classmethod
    def remember(cls, answer: Recorded) -> str:
        """Keep the outcome's id and index."""
        return f"{answer.outcome_id} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Recorded:
        """Give the first answer again, as a duplicate."""
        outcome_id, index = result.split()
        return Recorded(outcome_id=outcome_id, entry_index=int(index), is_duplicate=True)
