"""What befalls an outcome befalls the credit recognised from it: frozen while it is suspended.

A conversion is frozen while any outcome that it rests on is suspended. That makes no leaf of its
own: it follows from those of the outcomes. Nothing is released, so that lifting needs nothing anew.
One that is in conflict besides stays frozen when they are lifted.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection, Executable

from creditbank.credits.reversal import Standing, standing_on
from creditbank.credits.status import ConversionStatus, set_status
from creditbank.outcomes.befall import Befallen, RecordEvent
from creditbank.outcomes.befall import State as Known
from creditbank.outcomes.queries import find_outcomes
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of the outcomes, what rests on them, and which of all these are suspended."""

    known: Known
    standing: Sequence[Standing]
    suspended: Collection[str]


@dataclass(frozen=True, slots=True)
class BefallOutcome:
    """Ask that something befall an outcome, and that its credit be frozen or count again."""

    event: RecordEvent

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the outcomes, the conversions that use them, and what else those use."""
        events = [command.event for command in commands]
        standing = standing_on(connection, {one.outcome_id for one in events})
        return State(
            known=RecordEvent.load(connection, events),
            standing=standing,
            suspended=suspended_among(connection, standing),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Befallen]:
        """Record it, and freeze or unfreeze; raises as `RecordEvent` does."""
        decision = self.event.decide(state.known, moment)
        outcome_id, suspended = self.event.outcome_id, set(state.suspended)
        if decision.answer.status is OutcomeStatus.SUSPENDED:
            suspended.add(outcome_id)
        else:
            suspended.discard(outcome_id)
        after = [_with_status(one, suspended) for one in state.standing]
        return Decision(
            answer=decision.answer,
            state=State(known=decision.state, standing=after, suspended=suspended),
            changes=[*decision.changes, *_changes(state.standing, after)],
            rows=decision.rows,
            leaves=decision.leaves,
        )

    @classmethod
    def remember(cls, answer: Befallen) -> str:
        """Keep what a repetition is answered with."""
        return RecordEvent.remember(answer)

    @classmethod
    def recall(cls, result: str) -> Befallen:
        """Give the first answer again."""
        return RecordEvent.recall(result)


def suspended_among(connection: Connection, standing: Iterable[Standing]) -> set[str]:
    """Give the outcomes on which these conversions rest that are suspended today."""
    rested_on = {outcome_id for one in standing for outcome_id in one.resting_on}
    found = find_outcomes(connection, rested_on).values()
    return {one.id for one in found if one.status == OutcomeStatus.SUSPENDED}


def _with_status(one: Standing, suspended: Collection[str]) -> Standing:
    status = one.status(suspended)
    return replace(one, conversion=replace(one.conversion, status=status.value))


def _changes(before: Sequence[Standing], after: Sequence[Standing]) -> Iterator[Executable]:
    for one, other in zip(before, after, strict=True):
        if one.conversion.status != other.conversion.status:
            status = ConversionStatus(other.conversion.status)
            yield set_status(one.conversion.id, status=status)
