"""Take an outcome back together with the credit recognised from it; nothing does either alone.

Every conversion that stands and uses the outcome is reversed whole, in the same transaction: one
`reverse` leaf each, which releases what the conversion spent. Nothing is converted again by itself:
what the other outcomes still give, the citizen may ask for. There is no review of conversions yet,
so a correction reverses them too, even where their rule would still be met by the new result.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, Self, TypeVar

from sqlalchemy import Connection, Update

from creditbank.credits.queries import (
    StoredConversion,
    StoredUse,
    standing_conversions_using,
    uses_of,
)
from creditbank.credits.status import ConversionStatus, set_status
from creditbank.credits.tables import ConversionReversalRow
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import account_states
from creditbank.outcomes.correct import Corrected, Restatement, load_restatements
from creditbank.outcomes.correct import State as Correctable
from creditbank.outcomes.queries import find_outcomes
from creditbank.outcomes.reassign import Reassigned, Reassignment, load_reassignments
from creditbank.outcomes.reassign import State as Reassignable
from creditbank.outcomes.revoke import Revocation, Revoked
from creditbank.outcomes.revoke import State as Revocable
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import make_statement

_NOBODY: Mapping[str, str] = MappingProxyType({})

KnownT = TypeVar("KnownT")
ChangeT = TypeVar("ChangeT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A conversion that stands, and the parts of outcomes that it uses."""

    conversion: StoredConversion
    uses: Sequence[StoredUse]


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
        cause = _Cause(
            outcome_id=asked.outcome_id,
            status=decision.answer.status,
            key=asked.key,
            by=asked.posted_with,
        )
        return _with_reversals(decision, state.standing, cause, moment, state.holders)

    @classmethod
    def remember(cls, answer: TakenBack[Revoked]) -> str:
        """Keep what a repetition is answered with."""
        return _remembered(Revocation.remember(answer.change), answer.reversed)

    @classmethod
    def recall(cls, result: str) -> TakenBack[Revoked]:
        """Give the first answer again."""
        change, conversions = _recalled(result)
        return TakenBack(change=Revocation.recall(change), reversed=conversions)


@dataclass(frozen=True, slots=True)
class CorrectOutcome:
    """Ask that an outcome be corrected, and that what was recognised from it be reversed."""

    restatement: Restatement

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State[Correctable]:
        """Load what these commands name, and the conversions that use the outcomes."""
        asked = [command.restatement for command in commands]
        return State(
            known=load_restatements(connection, asked),
            standing=standing_on(connection, {one.outcome_id for one in asked}),
        )

    def decide(
        self, state: State[Correctable], moment: Moment
    ) -> Decision[State[Correctable], TakenBack[Corrected]]:
        """Correct and reverse; the correction's leaf is the first. Raises as `Restatement` does."""
        asked = self.restatement
        cause = _Cause(
            outcome_id=asked.outcome_id,
            status=OutcomeStatus.SUPERSEDED,
            key=asked.posting.key,
            by=asked.posted_with,
        )
        return _with_reversals(asked.decide(state.known, moment), state.standing, cause, moment)

    @classmethod
    def remember(cls, answer: TakenBack[Corrected]) -> str:
        """Keep what a repetition is answered with."""
        return _remembered(Restatement.remember(answer.change), answer.reversed)

    @classmethod
    def recall(cls, result: str) -> TakenBack[Corrected]:
        """Give the first answer again."""
        change, conversions = _recalled(result)
        return TakenBack(change=Restatement.recall(change), reversed=conversions)


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
        cause = _Cause(
            outcome_id=asked.outcome.id, status=OutcomeStatus.VOID, key=asked.key, by=asked.by
        )
        return _with_reversals(asked.decide(state.known, moment), state.standing, cause, moment)

    @classmethod
    def remember(cls, answer: TakenBack[Reassigned]) -> str:
        """Keep what a repetition is answered with."""
        return _remembered(Reassignment.remember(answer.change), answer.reversed)

    @classmethod
    def recall(cls, result: str) -> TakenBack[Reassigned]:
        """Give the first answer again."""
        change, conversions = _recalled(result)
        return TakenBack(change=Reassignment.recall(change), reversed=conversions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    """The outcome that is taken back, what becomes of it, its learner's key, and by whom."""

    outcome_id: str
    status: OutcomeStatus
    key: AccountKey
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reversal:
    """What the reversal of one conversion writes."""

    change: Update
    row: Mapping[str, object]
    leaf: LeafDraft


def standing_on(connection: Connection, outcome_ids: Collection[str]) -> list[Standing]:
    """Give the conversions that stand and use any of these outcomes, in ledger order."""
    conversions = standing_conversions_using(connection, outcome_ids)
    uses = uses_of(connection, conversions)
    ordered = sorted(conversions.values(), key=lambda one: one.entry_index)
    return [Standing(conversion=one, uses=uses[one.id]) for one in ordered]


def _with_reversals(
    decision: Decision[KnownT, ChangeT],
    standing: Sequence[Standing],
    cause: _Cause,
    moment: Moment,
    holders: Mapping[str, str] = _NOBODY,
) -> Decision[State[KnownT], TakenBack[ChangeT]]:
    """Add the reversals behind what was decided about the outcome itself."""
    using = [one for one in standing if cause.outcome_id in {use.part.outcome for use in one.uses}]
    first = moment.after(len(decision.leaves))
    reversals = [_reverse(one, cause, first.after(place)) for place, one in enumerate(using)]
    return Decision(
        answer=TakenBack(
            change=decision.answer, reversed=tuple(one.conversion.id for one in using)
        ),
        state=State(
            known=decision.state,
            standing=[one for one in standing if one not in using],
            holders=holders,
        ),
        changes=[*decision.changes, *(one.change for one in reversals)],
        rows={**decision.rows, ConversionReversalRow: [one.row for one in reversals]},
        leaves=[*decision.leaves, *(one.leaf for one in reversals)],
        objects=decision.objects,
    )


def _reverse(standing: Standing, cause: _Cause, moment: Moment) -> _Reversal:
    conversion, table = standing.conversion, str(ConversionReversalRow.__tablename__)
    leaf_id = new_id(moment.now, moment.entropy)
    statement = make_statement(
        issuer=conversion.institution_id,
        log=moment.log,
        kind="reverse",
        fields={
            "conversion": conversion.id,
            "outcome": cause.outcome_id,
            "outcome_status": cause.status.value,
        },
        entropy=moment.entropy,
    )
    return _Reversal(
        change=set_status(conversion.id, status=ConversionStatus.REVERSED),
        row={
            "conversion_id": conversion.id,
            "id": leaf_id.hex(),
            "outcome_id": cause.outcome_id,
            "decided_with": cause.by,
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                cause.key, table, leaf_id.hex(), statement, moment.entropy
            ),
        },
        leaf=LeafDraft(
            t="reverse",
            id=leaf_id,
            iss=conversion.institution_id,
            acct=cause.key.account_tag(leaf_id),
            stmt=statement.digest,
            release=tuple(sorted(use.nullifier for use in standing.uses)),
            ref=conversion.entry_index,
        ),
    )


def _remembered(change: str, conversions: Sequence[str]) -> str:
    return f"{change}\n{' '.join(conversions)}"


def _recalled(result: str) -> tuple[str, tuple[str, ...]]:
    change, _, conversions = result.partition("\n")
    return change, tuple(conversions.split())
