"""Take a measure: one leaf binds the list of outcomes before the first of them is touched."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Self

from sqlalchemy import Connection

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.tree import load_tree
from creditbank.keystore.account_key import AccountKey
from creditbank.measures.measure import (
    DOCUMENT_TYPE,
    OPEN_TO,
    Act,
    Measure,
    MeasureState,
    reason_place,
)
from creditbank.measures.pending import still_open
from creditbank.measures.queries import (
    acts_on,
    find_measures,
    get_measure,
    listed_outcomes,
)
from creditbank.measures.tables import MeasureOutcomeRow, MeasureRow
from creditbank.outcomes.choose import Choice, Chosen, choose_outcomes
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: by which institution, what, of which outcomes, as the tree is on a day.

    `follows` names a measure whose list is taken up again, as far as `choice` leaves it.
    """

    institution_id: str
    act: str
    choice: Choice
    follows: str | None
    on: date

    def problems(self) -> Iterator[FieldProblem]:
        """Say what is wrong with it."""
        if self.follows is None:
            yield from self.choice.problems()
        if self.act not in set(Act):
            facts = {"known": tuple(one.value for one in Act)}
            yield FieldProblem(field="act", code="status-unknown", facts=facts)

    def require_well_formed(self) -> None:
        """Raise `InvalidInput` that names every wrong field."""
        if problems := list(self.problems()):
            raise InvalidInput(problems)

    def outcomes(self, connection: Connection) -> list[Chosen]:
        """Give the outcomes to which it can be done, by id.

        Nothing is suspended or lifted for an account that was erased: nobody could be told. Raises
        `Refusal("not-found")` for another's measure.
        """
        tree, act, choice = load_tree(connection, self.on), Act(self.act), self.choice
        if self.follows is not None:
            get_measure(connection, self.follows, tree, self.institution_id)
            listed = listed_outcomes(connection, self.follows)
            named = listed if choice.outcomes is None else {*listed} & {*choice.outcomes}
            choice = replace(choice, outcomes=sorted(named))
        below = tree.covered(self.institution_id)
        return still_open(connection, act, choose_outcomes(connection, choice, below, OPEN_TO[act]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The measure and how many outcomes are on its list; None where there was nothing to do."""

    measure_id: str | None
    outcomes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes that commands choose, by measure; what is being done to them; other measures."""

    chosen: Mapping[str, Sequence[Chosen]]
    running: Collection[tuple[str, str]]
    followed: Mapping[str, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMeasure:
    """Ask for a measure; `key` is made for it, and its id is the measure's.

    What was done before, or is being done, is on no second list: asking again changes nothing.
    """

    asked: Asked
    key: AccountKey
    posted_with: str
    reason: str

    def require_well_formed(self) -> None:
        """Raise `InvalidInput` that names every wrong field."""
        reason = reason_problem(self.reason)
        problems = [*self.asked.problems(), *([] if reason is None else [reason])]
        if problems:
            raise InvalidInput(problems)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands choose, and the measures under way."""
        chosen = {one.key.account_id: one.asked.outcomes(connection) for one in commands}
        ids = {one.id for some in chosen.values() for one in some}
        return State(
            chosen=chosen,
            running={
                (outcome_id, measure.act)
                for outcome_id, measures in acts_on(connection, ids).items()
                for measure in measures
                if measure.state == MeasureState.RUNNING
            },
            followed=find_measures(connection, {one.asked.follows or "" for one in commands}),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Taken]:
        """Bind the list; the answer says how long it is."""
        act, measure_id = self.asked.act, self.key.account_id
        ids = [one.id for one in state.chosen[measure_id] if (one.id, act) not in state.running]
        if not ids:
            return Decision(answer=Taken(measure_id=None, outcomes=0), state=state)
        measure = self._measure(moment)
        document = measure.document(ids, self.key)
        follows = state.followed.get(self.asked.follows or "")
        leaf = LeafDraft(
            t="measure",
            id=new_id(moment.now, moment.entropy),
            iss=self.asked.institution_id,
            object=sha256(document).digest(),
            ref=None if follows is None else follows.entry_index,
        )
        row = {name: getattr(measure, name) for name in Measure.__slots__}
        listed = [{"measure_id": measure_id, "outcome_id": one} for one in ids]
        return Decision(
            answer=Taken(measure_id=measure_id, outcomes=len(ids)),
            state=replace(state, running={*state.running, *((one, act) for one in ids)}),
            rows={MeasureRow: [row], MeasureOutcomeRow: listed},
            leaves=[leaf],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
        )

    @classmethod
    def remember(cls, answer: Taken) -> str:
        """Keep what a repetition is answered with."""
        return f"{answer.measure_id or '-'} {answer.outcomes}"

    @classmethod
    def recall(cls, result: str) -> Taken:
        """Give the first answer again."""
        measure_id, count = result.split()
        return Taken(measure_id=None if measure_id == "-" else measure_id, outcomes=int(count))

    def _measure(self, moment: Moment) -> Measure:
        measure_id = self.key.account_id
        sealed = self.key.seal(reason_place(measure_id), self.reason.encode(), moment.entropy)
        return Measure(
            id=measure_id,
            institution_id=self.asked.institution_id,
            act=self.asked.act,
            follows_id=self.asked.follows,
            posted_with=self.posted_with,
            state=MeasureState.RUNNING.value,
            entry_index=moment.next_index,
            sealed_reason=sealed,
        )
