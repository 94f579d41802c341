"""Go on with a measure: outcome by outcome, some learners at a time, until the list is done.

Single posts pass between. Each step may be repeated after a crash: what is done is passed over. An
outcome of an erased account is taken back by its id alone: the measure's list is the only trace, no
leaf is made under a key that is gone, and what was recognised from it stays used up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.credits.suspend_rows import BefallRows
from creditbank.credits.withdraw_rows import Parts, WithdrawRows, learner_by_learner
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject
from creditbank.learners.queries import pseudonyms_among
from creditbank.measures.measure import ENDING, OPEN_TO, Act, Measure, MeasureState
from creditbank.measures.pending import pending_of
from creditbank.measures.queries import find_measures
from creditbank.measures.tables import MeasureRow
from creditbank.outcomes.befall import RecordEvent
from creditbank.outcomes.choose import Chosen, find_chosen
from creditbank.outcomes.events import EventKind
from creditbank.outcomes.revoke import Revocation
from creditbank.outcomes.status import OutcomeStatus, revoked_status
from creditbank.writer.command import Decision, Moment

APPEAL_WORKING_DAYS = 20
"""Within how many working days from delivery a learner may appeal for herself."""

_EVENTS = {
    Act.SUSPENDED: (EventKind.SUSPENDED, NoticeSubject.OUTCOMES_SUSPENDED),
    Act.LIFTED: (EventKind.LIFTED, NoticeSubject.OUTCOMES_LIFTED),
}


def go_on_with_measure(parts: Parts, measure: Measure) -> None:
    """Do what is left of a measure, and note that it is done."""
    reason = measure.reason(parts.keystore.get([measure.id])[measure.id])
    with parts.readers.reading() as connection:
        pending = pending_of(connection, measure)
        erased = pseudonyms_among(connection, {one.account_id for one in pending})
    left = [one for one in pending if one.account_id not in erased]
    for stretch in learner_by_learner(left):
        # A key may go between two stretches; what it opened is looked at anew.
        keys = parts.keystore.get(sorted({one.account_id for one in stretch}))
        own = [one for one in stretch if one.account_id in keys]
        if Act(measure.act) in ENDING:
            parts.writer.write(_ending(measure, own, keys, reason))
        else:
            parts.writer.write(_befalling(measure, own, keys, reason))
    if unread := [one.id for one in pending if one.account_id in erased]:
        parts.writer.write(EndErased(outcome_ids=unread, act=Act(measure.act)))
    parts.writer.write(NoteDone(measure_id=measure.id))


def _ending(
    measure: Measure, outcomes: Sequence[Chosen], keys: Mapping[str, AccountKey], reason: str
) -> WithdrawRows:
    return WithdrawRows(
        institution_id=measure.institution_id,
        revocations=[
            Revocation(
                institution_id=one.institution_id,
                posted_with=measure.posted_with,
                outcome_id=one.id,
                key=keys[one.account_id],
                status=measure.act,
                reason=reason,
            )
            for one in outcomes
        ],
        told=NoticeSubject.OUTCOMES_TAKEN_BACK,
        facts={"working_days": str(APPEAL_WORKING_DAYS)},
    )


def _befalling(
    measure: Measure, outcomes: Sequence[Chosen], keys: Mapping[str, AccountKey], reason: str
) -> BefallRows:
    kind, told = _EVENTS[Act(measure.act)]
    events = [
        RecordEvent(
            institution_id=one.institution_id,
            posted_with=measure.posted_with,
            outcome_id=one.id,
            key=keys[one.account_id],
            kind=kind,
            reason=reason,
            tells=False,
        )
        for one in outcomes
    ]
    return BefallRows(
        institution_id=measure.institution_id, events=events, told=told, reason=reason
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndErased:
    """Ask that outcomes of erased accounts be taken back by their ids; others are left alone."""

    outcome_ids: Sequence[str]
    act: Act

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, Chosen]:
        """Load the outcomes that these commands name and that belong to erased accounts."""
        named = {one for command in commands for one in command.outcome_ids}
        found = find_chosen(connection, sorted(named))
        erased = pseudonyms_among(connection, {one.account_id for one in found})
        return {one.id: one for one in found if one.account_id in erased}

    def decide(
        self, state: dict[str, Chosen], moment: Moment
    ) -> Decision[dict[str, Chosen], list[str]]:
        """Take them back; the answer names those that stood until now."""
        del moment
        standing = [
            one
            for one in self.outcome_ids
            if one in state and state[one].status in OPEN_TO[self.act]
        ]
        left = {one: had for one, had in state.items() if one not in standing}
        status = OutcomeStatus(self.act)
        changes = [revoked_status(*standing, status=status)] if standing else []
        return Decision(answer=standing, state=left, changes=changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDone:
    """Ask that a measure count as done, if nothing of it is left."""

    measure_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, bool]:
        """Say of each measure that these commands name whether nothing of it is left."""
        measures = find_measures(connection, {command.measure_id for command in commands})
        return {one.id: not pending_of(connection, one) for one in measures.values()}

    def decide(self, state: dict[str, bool], moment: Moment) -> Decision[dict[str, bool], bool]:
        """Note it; the answer says whether it is done."""
        del moment
        is_done = state[self.measure_id]
        noted = update(MeasureRow).where(col(MeasureRow.id) == self.measure_id)
        changes = [noted.values(state=MeasureState.DONE.value)] if is_done else []
        return Decision(answer=is_done, state=state, changes=changes)
