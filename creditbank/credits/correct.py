"""Correct an outcome, and put the credit recognised from it under review; nothing is taken back.

The review computes each decision anew with the corrected outcome (`examine`). Credit goes on
counting until a person has decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection, Executable

from creditbank.credits.reversal import Standing, standing_on
from creditbank.credits.reverse import recalled, remembered
from creditbank.credits.reviews import Review, ReviewState, change_review, find_reviews
from creditbank.credits.status import ConversionStatus, set_status
from creditbank.credits.tables import ConversionReviewRow
from creditbank.outcomes.correct import Corrected, Restatement, load_restatements
from creditbank.outcomes.correct import State as Correctable
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of the outcomes, the conversions that rest on them, and their reviews."""

    known: Correctable
    standing: Sequence[Standing]
    reviews: Mapping[str, Review]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questioned:
    """The corrected outcome, and the ids of the conversions that are under review for it."""

    change: Corrected
    under_review: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorrectOutcome:
    """Ask that an outcome be corrected, and that what was recognised from it be reviewed."""

    restatement: Restatement

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name, and the conversions that rest on the outcomes."""
        asked = [command.restatement for command in commands]
        standing = standing_on(connection, {one.outcome_id for one in asked})
        return State(
            known=load_restatements(connection, asked),
            standing=standing,
            reviews=find_reviews(connection, [one.conversion.id for one in standing]),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Questioned]:
        """Correct it and open the reviews; raises as `Restatement` does."""
        old = self.restatement.outcome_id
        decision = self.restatement.decide(state.known, moment)
        using = [one for one in state.standing if old in one.resting_on]
        opened = {one.conversion.id: _opened(one.conversion.id, old) for one in using}
        new = [one for one in opened if one not in state.reviews]
        rows = [{name: getattr(opened[one], name) for name in Review.__slots__} for one in new]
        return Decision(
            answer=Questioned(change=decision.answer, under_review=tuple(opened)),
            state=State(
                known=decision.state,
                standing=[_resting_on(one, old, decision.answer) for one in state.standing],
                reviews={**state.reviews, **opened},
            ),
            changes=[*decision.changes, *_changes(opened, state)],
            rows={**decision.rows, ConversionReviewRow: rows},
            leaves=decision.leaves,
            objects=decision.objects,
        )

    @classmethod
    def remember(cls, answer: Questioned) -> str:
        """Keep what a repetition is answered with."""
        return remembered(Restatement.remember(answer.change), answer.under_review)

    @classmethod
    def recall(cls, result: str) -> Questioned:
        """Give the first answer again."""
        change, conversions = recalled(result)
        return Questioned(change=Restatement.recall(change), under_review=conversions)


def _opened(conversion_id: str, outcome_id: str) -> Review:
    return Review(
        conversion_id=conversion_id,
        outcome_id=outcome_id,
        state=ReviewState.OPENED.value,
        due_on=None,
        working_days=None,
        notice_id=None,
        sealed_answer=None,
        replaced_by=None,
    )


def _changes(opened: Mapping[str, Review], state: State) -> list[Executable]:
    """Give the changes of the conversions, and of reviews that begin anew."""
    frozen = ConversionStatus.FROZEN
    status = {one.conversion.id: one.conversion.status for one in state.standing}
    questioned = [one for one in opened if status[one] != frozen]
    changes: list[Executable] = [
        change_review(
            one,
            outcome_id=review.outcome_id,
            state=review.state,
            due_on=None,
            working_days=None,
            notice_id=None,
            sealed_answer=None,
        )
        for one, review in opened.items()
        if one in state.reviews
    ]
    if questioned:
        changes.append(set_status(*questioned, status=ConversionStatus.UNDER_REVIEW))
    return changes


def _resting_on(one: Standing, old: str, corrected: Corrected) -> Standing:
    if old not in one.resting_on:
        return one
    return replace(one, resting_on={*one.resting_on, corrected.outcome_id})
