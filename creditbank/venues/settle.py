"""Record the visits that waited: of check-ins that nobody saw, once late ones can come no more."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Protocol, Self

from sqlalchemy import Connection, Executable, update
from sqlmodel import col

from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.queries import going_on
from creditbank.outcomes.decide import decide_attached
from creditbank.outcomes.particulars import Assurance
from creditbank.outcomes.record import load_records, rows_of
from creditbank.outcomes.records import Draft, Posting, Records
from creditbank.venues.check_in import seen_of
from creditbank.venues.outcome import posting_of_visit
from creditbank.venues.queries import (
    StoredCheckIn,
    check_ins_by_day,
    find_venues,
    waiting_check_ins,
)
from creditbank.venues.rule import Venue
from creditbank.venues.tables import CheckInRow
from creditbank.venues.visits import due_assurances
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer

_log = logging.getLogger(__name__)


class Parts(Protocol):
    """What settling works with; a bank has them all."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The check-ins of each day that is to be settled, and what recording needs."""

    days: Mapping[bytes, tuple[StoredCheckIn, ...]]
    records: Mapping[str, Records]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDay:
    """Ask that the visits of one learner, venue and day be recorded as far as they are not.

    `key` is that of the account under which they were kept, `goes_on` that of the one that goes on.
    """

    venue: Venue
    key: AccountKey
    goes_on: AccountKey
    day: date
    tag: bytes

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load what these commands name."""
        postings: dict[str, list[Posting]] = {}
        for one in commands:
            rule = one.venue.rule_on(one.day)
            numbers = range(1, 1 + (0 if rule is None else rule.visits_a_day))
            every = [one.posting(number, Assurance.DECLARED) for number in numbers]
            postings.setdefault(one.venue.institution_id, []).extend(every)
        return Known(
            days=check_ins_by_day(connection, {one.tag for one in commands}),
            records={one: load_records(connection, one, some) for one, some in postings.items()},
        )

    def decide(self, state: Known, moment: Moment) -> Decision[Known, int]:
        """Record them; the answer is how many. Raises as recording an outcome does."""
        rule = self.venue.rule_on(self.day)
        check_ins = state.days.get(self.tag, ())
        waiting = [one for one in check_ins if one.waits_until is not None]
        if rule is None or not waiting:
            return Decision(answer=0, state=state)
        due = due_assurances(seen_of(check_ins, self.key), rule, is_over=True)
        recorded = sum(one.outcome_id is not None for one in check_ins)
        draft = Draft(moment=moment, posted_with=waiting[0].posted_with, batch_id=None)
        records = state.records[self.venue.institution_id]
        changes: list[Executable] = [_settled(self.tag)]
        for number, one in enumerate(waiting[: len(due) - recorded], start=recorded + 1):
            posting = self.posting(number, due[number - 1])
            outcome = decide_attached(posting, records, draft)
            changes.append(
                update(CheckInRow)
                .where(col(CheckInRow.id) == one.id)
                .values(outcome_id=outcome.outcome_id)
            )
        return Decision(
            answer=len(draft.leaves),
            state=state,
            changes=changes,
            rows=rows_of(draft),
            leaves=draft.leaves,
        )

    def posting(self, number: int, assurance: Assurance) -> Posting:
        """Give the result that the visit of this number is."""
        return posting_of_visit(self.venue, self.goes_on, self.day, number, assurance)


def _settled(tag: bytes) -> Executable:
    return update(CheckInRow).where(col(CheckInRow.day_tag) == tag).values(waits_until=None)


def settle_days(parts: Parts, now: datetime) -> int:
    """Settle every day that is over; gives how many outcomes were recorded.

    What cannot be recorded now, as for an account that is limited, waits on.
    """
    settled = 0
    for command in _over(parts, now):
        try:
            settled += parts.writer.write(command).answer
        except Refusal as refusal:
            _log.info("a day at venue %s waits on: %s", command.venue.id, refusal.code)
    return settled


def _over(parts: Parts, now: datetime) -> list[SettleDay]:
    with parts.readers.reading() as connection:
        waiting = waiting_check_ins(connection, int(now.timestamp()))
        venues = find_venues(connection, {one.venue_id for one in waiting})
        onward = going_on(connection, {one.account_id for one in waiting})
    keys = parts.keystore.get({*onward, *onward.values()})
    commands = []
    in_order = sorted(waiting, key=lambda one: one.day_tag)
    for tag, (first, *_) in groupby(in_order, key=lambda one: one.day_tag):
        key, goes_on = keys.get(first.account_id), keys.get(onward[first.account_id])
        if key is not None and goes_on is not None:
            day = first.visit(key).day
            venue = venues[first.venue_id]
            commands.append(SettleDay(venue=venue, key=key, goes_on=goes_on, day=day, tag=tag))
    return commands
