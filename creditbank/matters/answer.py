"""Answer a matter that was returned 补正: with what was missing its clock goes on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.evidence.queries import StoredEvidence, find_evidence
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import require_in_use
from creditbank.matters import take as steps
from creditbank.matters.file import received_problems
from creditbank.matters.matter import MatterState, StepKind
from creditbank.matters.queries import EVIDENCE, Matter, sealed_with, steps_of
from creditbank.matters.tables import MatterRow
from creditbank.matters.take import Said, load_steps, require_matter, take
from creditbank.writer.command import Decision, Moment

PIECES_MAX = 20
"""The most pieces of evidence that one matter names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The matters with their steps, the days on which they were returned, and the evidence."""

    steps: steps.State
    returned_on: Mapping[str, date]
    pieces: Mapping[str, StoredEvidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMatter:
    """Ask that a returned matter go on, by what its citizen says and shows.

    `key` is that of the account that it was filed in, which may have been merged since; `evidence`
    names pieces of her own in one of her `accounts`. `received_on` is the day on which the answer
    was handed in at the counter before it was typed; the clock goes on from it.
    """

    matter_id: str
    key: AccountKey
    said: Said
    evidence: Sequence[str] = ()
    accounts: Collection[str] = ()
    received_on: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the matters that these commands name."""
        ids = {one.matter_id for one in commands}
        returned = {
            matter: [one.taken_at for one in taken if one.kind == StepKind.RETURNED]
            for matter, taken in steps_of(connection, ids).items()
        }
        return State(
            steps=load_steps(connection, ids),
            returned_on={
                matter: civil_day(datetime.fromtimestamp(times[-1], UTC))
                for matter, times in returned.items()
                if times
            },
            pieces=find_evidence(connection, {id_ for one in commands for id_ in one.evidence}),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, MatterState]:
        """Answer it.

        Raises `InvalidInput` for a wrong day and for evidence that is not hers, and a `Refusal`:
        "not-found", "account-not-in-use", "matter-not-open".
        """
        today = civil_day(moment.now)
        matter = require_matter(state.steps, self.matter_id, covering=None, on=today)
        if matter.account_id != self.key.account_id:
            raise Refusal("not-found")
        require_in_use(state.steps.accounts.get(state.steps.going_on[matter.account_id]))
        if problems := [*self._day_problems(state, today), *self._piece_problems(state, matter)]:
            raise InvalidInput(problems)
        taken = take(
            matter,
            StepKind.ANSWERED,
            self.said,
            key=self.key,
            state=state.steps,
            moment=moment,
            on=self.received_on,
        )
        after = taken.state.matters[matter.id]
        sealed = sealed_with(matter, self.key, self.evidence, moment.entropy)
        matters = {**taken.state.matters, matter.id: replace(after, sealed_content=sealed)}
        row = update(MatterRow).where(col(MatterRow.id) == matter.id)
        return Decision(
            answer=MatterState(after.state),
            state=replace(state, steps=replace(taken.state, matters=matters)),
            changes=[*taken.changes, row.values(sealed_content=sealed)],
            rows=taken.rows,
        )

    def _day_problems(self, state: State, today: date) -> Iterator[FieldProblem]:
        return received_problems(self.received_on, state.returned_on.get(self.matter_id), today)

    def _piece_problems(self, state: State, matter: Matter) -> Iterator[FieldProblem]:
        own = {self.key.account_id, *self.accounts}
        for one in self.evidence:
            piece = state.pieces.get(one)
            if piece is None or piece.account_id not in own:
                yield FieldProblem(field=EVIDENCE, code="evidence-unknown", facts={"evidence": one})
        named = {*matter.evidence(self.key), *self.evidence}
        if len(named) > PIECES_MAX:
            facts = {"length_max": PIECES_MAX}
            yield FieldProblem(field=EVIDENCE, code="list-too-long", facts=facts)

    @classmethod
    def remember(cls, answer: MatterState) -> str:
        """Keep the state."""
        return answer.value

    @classmethod
    def recall(cls, result: str) -> MatterState:
        """Give the first answer again."""
        return MatterState(result)
