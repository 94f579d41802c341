"""Take an outcome back together with the credit recognised from it; nothing does either alone.

Every conversion that stands and rests on the outcome is reversed whole, in the same transaction:
one `reverse` leaf each, which releases what the conversion spent and takes back what of it was
applied. Nothing is converted or applied again by itself: what still fits, the citizen may ask for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, Self, TypeVar

from sqlalchemy import Connection

from creditbank.credits.reversal import (
    Cause,
    ReversalCause,
    Standing,
    reverse_one,
    standing_on,
)
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import account_states
from creditbank.outcomes.queries import find_outcomes
from creditbank.outcomes.reassign import Reassigned, Reassignment, load_reassignments
from creditbank.outcomes.reassign import State as Reassignable
from creditbank.outcomes.revoke import Revocation, Revoked
from creditbank.outcomes.revoke import State as Revocable
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Decision, Moment, joined

_NOBODY: Mapping[str, str] = MappingProxyType({})

KnownT = TypeVar("KnownT")
ChangeT = TypeVar("ChangeT")


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Generic[KnownT]):
    """What is known of the outcomes, and the conversions that use them, in ledger order.

    `holders` are the states of the accounts whose learners ask themselves.
    """

    known: KnownT
    standing: Sequence[Standing]
    holders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack(Generic[ChangeT]):
    """What became of the outcome, and the ids of the conversions that were reversed for it."""

    change: ChangeT
    reversed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevokeOutcome:
    """Ask that an outcome be revoked, and that what was recognised from it be reversed."""

    revocation: Revocation

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State[Revocable]:
        """Load the outcomes that these commands name, and the conversions that use them."""
        named = {command.revocation.outcome_id for command in commands}
        own = [one.revocation for one in commands if one.revocation.institution_id is None]
        return State(
            known=find_outcomes(connection, named),
            standing=standing_on(connection, named),
            holders=account_states(connection, {one.key.account_id for one in own}),
        )

    def decide(
        self, state: State[Revocable], moment: Moment
    ) -> Decision[State[Revocable], TakenBack[Revoked]]:
        """Revoke and reverse; the revocation's leaf is the first. Raises as `Revocation` does.

        A holder gives up an outcome only in an account that is in use: "account-not-in-use".
        """
        asked = self.revocation
        if asked.institution_id is None:
            require_in_use(state.holders.get(asked.key.account_id))
        decision = asked.decide(state.known, moment)
        cause = Cause(
            kind=ReversalCause.OUTCOME,
            outcome_id=asked.outcome_id,
            status=decision.answer.status,
            key=asked.key,
            by=asked.posted_with,
        )
        return _with_reversals(decision, state.standing, cause, moment, state.holders)

    @classmethod
    def remember(cls, answer: TakenBack[Revoked]) -> str:
        """Keep what a repetition is answered with."""
        return remembered(Revocation.remember(answer.change), answer.reversed)

    @classmethod
    def recall(cls, result: str) -> TakenBack[Revoked]:
        """Give the first answer again."""
        change, conversions = recalled(result)
        return TakenBack(change=Revocation.recall(change), reversed=conversions)


@dataclass(frozen=True, slots=True)
class ReassignOutcome:
    """Ask that an outcome go to whose it is, and that what was recognised from it be reversed."""

    reassignment: Reassignment

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State[Reassignable]:
        """Load what these commands name, and the conversions that use the outcomes."""
        asked = [command.reassignment for command in commands]
        return State(
            known=load_reassignments(connection, asked),
            standing=standing_on(connection, {one.outcome.id for one in asked}),
        )

    def decide(
        self, state: State[Reassignable], moment: Moment
    ) -> Decision[State[Reassignable], TakenBack[Reassigned]]:
        """Reassign and reverse; the first leaf is `reassign`. Raises as `Reassignment` does."""
        asked = self.reassignment
        cause = Cause(
            kind=ReversalCause.OUTCOME,
            outcome_id=asked.outcome.id,
            status=OutcomeStatus.VOID,
            key=asked.key,
            by=asked.by,
        )
        return _with_reversals(asked.decide(state.known, moment), state.standing, cause, moment)

    @classmethod
    def remember(cls, answer: TakenBack[Reassigned]) -> str:
        """Keep what a repetition is answered with."""
        return remembered(Reassignment.remember(answer.change), answer.reversed)

    @classmethod
    def recall(cls, result: str) -> TakenBack[Reassigned]:
        """Give the first answer again."""
        change, conversions = recalled(result)
        return TakenBack(change=Reassignment.recall(change), reversed=conversions)


def _with_reversals(
    decision: Decision[KnownT, ChangeT],
    standing: Sequence[Standing],
    cause: Cause,
    moment: Moment,
    holders: Mapping[str, str] = _NOBODY,
) -> Decision[State[KnownT], TakenBack[ChangeT]]:
    """Add the reversals behind what was decided about the outcome itself."""
    using = [one for one in standing if cause.outcome_id in one.resting_on]
    first = moment.after(len(decision.leaves))
    reversals = [reverse_one(one, cause, first.after(place)) for place, one in enumerate(using)]
    return Decision(
        answer=TakenBack(
            change=decision.answer, reversed=tuple(one.conversion.id for one in using)
        ),
        state=State(
            known=decision.state,
            standing=[one for one in standing if one not in using],
            holders=holders,
        ),
        changes=[*decision.changes, *(change for one in reversals for change in one.changes)],
        rows=joined(decision.rows, *(one.rows for one in reversals)),
        leaves=[*decision.leaves, *(one.leaf for one in reversals)],
        objects=decision.objects,
    )


def remembered(change: str, conversions: Sequence[str]) -> str:
    """Keep what became of an outcome, and the conversions that this concerned."""
    return f"{change}\n{' '.join(conversions)}"


def recalled(result: str) -> tuple[str, tuple[str, ...]]:
    """Give both again."""
    change, _, conversions = result.partition("\n")
    return change, tuple(conversions.split())
