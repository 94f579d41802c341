"""Check somebody in: the check-in is kept, and the visit that it makes becomes an outcome at once.

Whatever is handed in again is answered as the first time. The outcome is recorded as any result is
(`creditbank.outcomes.decide`): catalogue, account, leaf and receipt are the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

import orjson
from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.decide import decide_attached
from creditbank.outcomes.particulars import Assurance
from creditbank.outcomes.record import load_records, rows_of
from creditbank.outcomes.records import Draft, Posting, Recorded, Records
from creditbank.venues.outcome import day_tag, posting_of_visit
from creditbank.venues.queries import (
    Device,
    SealedVisit,
    Shift,
    StoredCheckIn,
    check_ins_by_day,
    check_ins_with_keys,
    find_devices,
    find_shifts,
    visit_place,
)
from creditbank.venues.rule import Method, Venue, VisitRule
from creditbank.venues.tables import CheckInRow
from creditbank.venues.visits import LATE, Seen, due_assurances, most_visits, over_at
from creditbank.writer.command import Decision, Moment, joined
from ledger.leaf import new_id

CLOCKS_DIFFER_BY = timedelta(minutes=2)
"""How far ahead of the bank's clock that of a device may be."""


class CheckInState(StrEnum):
    """What became of a check-in."""

    COUNTED = "counted"  # 已计: it brought a visit about
    WAITING = "waiting"  # 待计: it may, once late check-ins of the day can come no more
    DUPLICATE = "duplicate"  # 重复: the visit was counted already, or the day has no more


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """A check-in that is kept; `is_repetition` when it was handed in before."""

    id: str
    state: CheckInState
    is_repetition: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What deciding on check-ins needs: shifts, devices, the check-ins there are, and records."""

    shifts: Mapping[str, Shift]
    devices: Mapping[str, Device]
    scans: Mapping[bytes, StoredCheckIn]
    days: Mapping[bytes, tuple[StoredCheckIn, ...]]
    records: Mapping[str, Records]

    def with_row(self, one: StoredCheckIn) -> "Known":
        """Give what is known once a check-in is kept."""
        day = (*self.days.get(one.day_tag, ()), one)
        return replace(
            self,
            scans={**self.scans, one.scan_key: one},
            days={**self.days, one.day_tag: day},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Ask that somebody be checked in at `at`, whenever that is handed in.

    `scan_key` names this one scan or tick, `posted_with` the device's key or who ticked.
    """

    venue: Venue
    shift_id: str
    device_id: str | None
    method: Method
    key: AccountKey
    at: datetime
    scan_key: bytes
    posted_with: str
    card_id: str | None = None

    @property
    def day(self) -> date:
        """The civil day of the visit."""
        return civil_day(self.at)

    @property
    def tag(self) -> bytes:
        """What finds her check-ins of this venue and day."""
        return day_tag(self.key, self.venue.id, self.day)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load what these commands name."""
        postings: dict[str, list[Posting]] = {}
        for one in commands:
            postings.setdefault(one.venue.institution_id, []).extend(one.postings())
        devices = {one.device_id for one in commands if one.device_id is not None}
        return Known(
            shifts=find_shifts(connection, {one.shift_id for one in commands}),
            devices=find_devices(connection, devices),
            scans=check_ins_with_keys(connection, {one.scan_key for one in commands}),
            days=check_ins_by_day(connection, {one.tag for one in commands}),
            records={one: load_records(connection, one, some) for one, some in postings.items()},
        )

    def decide(self, state: Known, moment: Moment) -> Decision[Known, CheckedIn]:
        """Check her in.

        Raises `Refusal`: "device-unknown", "scan-outside-shift", "scan-too-late", "scan-in-future",
        "venue-without-rule", "check-in-method-not-taken", and as recording an outcome does.
        """
        if (known := state.scans.get(self.scan_key)) is not None:
            return Decision(answer=told(known, is_repetition=True), state=state)
        self._require_in_time(state, moment.now)
        rule = self._rule()
        draft = Draft(moment=moment, posted_with=self.posted_with, batch_id=None)
        before = seen_of(state.days.get(self.tag, ()), self.key)
        mine = Seen(at=int(self.at.timestamp()), method=self.method)
        recorded = self._record(state, rule, [*before, mine], draft)
        is_more = most_visits((one.at for one in (*before, mine)), rule) > most_visits(
            (one.at for one in before), rule
        )
        stored = self._stored(moment, recorded, is_waiting=is_more and not mine.is_seen)
        return Decision(
            answer=told(stored, is_repetition=False),
            state=state.with_row(stored),
            rows=joined(rows_of(draft), {CheckInRow: [asdict(stored)]}),
            leaves=draft.leaves,
        )

    def _rule(self) -> VisitRule:
        rule = self.venue.rule_on(self.day)
        if rule is None:
            raise Refusal("venue-without-rule", day=self.day.isoformat())
        if self.method not in rule.methods:
            raise Refusal("check-in-method-not-taken", methods=sorted(rule.methods))
        return rule

    def postings(self) -> list[Posting]:
        """Give every result that this may become, so that those that are recorded are found."""
        rule = self.venue.rule_on(self.day)
        numbers = range(1, 1 + (0 if rule is None else rule.visits_a_day))
        return [self._posting(number, Assurance.ATTENDED) for number in numbers]

    def _posting(self, number: int, assurance: Assurance) -> Posting:
        return posting_of_visit(self.venue, self.key, self.day, number, assurance)

    def _require_in_time(self, state: Known, now: datetime) -> None:
        shift = state.shifts[self.shift_id]
        device = None if self.device_id is None else state.devices.get(self.device_id)
        if device is not None and device.revoked_at is not None:
            raise Refusal("device-unknown")
        begins = shift.starts_at if device is None else device.paired_at or shift.starts_at
        if self.at > now + CLOCKS_DIFFER_BY:
            raise Refusal("scan-in-future")
        if self.at < now - LATE:
            raise Refusal("scan-too-late", hours=int(LATE.total_seconds()) // 3600)
        if not begins <= int(self.at.timestamp()) <= shift.ends_at:
            raise Refusal("scan-outside-shift")

    def _record(
        self, state: Known, rule: VisitRule, seen: Sequence[Seen], draft: Draft
    ) -> Recorded | None:
        """Record the next visit of the day where this check-in makes one."""
        records = state.records[self.venue.institution_id]
        if self.key.account_id not in records.states:
            raise Refusal("learner-not-taken")
        due = due_assurances(seen, rule, is_over=False)
        number = 1 + sum(one.outcome_id is not None for one in state.days.get(self.tag, ()))
        if number > len(due):
            return None
        return decide_attached(self._posting(number, due[number - 1]), records, draft)

    def _stored(
        self, moment: Moment, recorded: Recorded | None, *, is_waiting: bool
    ) -> StoredCheckIn:
        kept = StoredCheckIn(
            id=new_id(moment.now, moment.entropy).hex(),
            account_id=self.key.account_id,
            venue_id=self.venue.id,
            shift_id=self.shift_id,
            device_id=self.device_id,
            method=self.method.value,
            scan_key=self.scan_key,
            day_tag=self.tag,
            posted_with=self.posted_with,
            outcome_id=None if recorded is None else recorded.outcome_id,
            waits_until=over_at(self.day) if is_waiting else None,
            sealed_visit=b"",
        )
        visit = SealedVisit(
            at=int(self.at.timestamp()),
            received_at=int(moment.now.timestamp()),
            day=self.day,
            card=self.card_id,
            clear=sealed_facts(kept),
        )
        content = orjson.dumps(visit)
        sealed = self.key.seal(visit_place(kept.id), content, moment.entropy)
        return replace(kept, sealed_visit=sealed)


SEALED_TOO = (
    "id", "account_id", "venue_id", "shift_id", "device_id", "method", "scan_key", "posted_with",
)  # fmt: skip
"""The clear columns of a check-in that never change: they stand under its seal, too."""


def sealed_facts(one: StoredCheckIn) -> dict[str, str | None]:
    """Give the clear columns of a check-in that stand under its seal, too."""
    facts = {name: getattr(one, name) for name in SEALED_TOO}
    return {**facts, "scan_key": one.scan_key.hex()}


def seen_of(check_ins: Sequence[StoredCheckIn], key: AccountKey) -> list[Seen]:
    """Open when and how each of one learner's check-ins was."""
    return [Seen(at=one.visit(key).at, method=Method(one.method)) for one in check_ins]


def told(stored: StoredCheckIn, *, is_repetition: bool) -> CheckedIn:
    """Give the answer to whoever handed a check-in in."""
    if stored.outcome_id is not None:
        state = CheckInState.COUNTED
    else:
        waits = stored.waits_until is not None
        state = CheckInState.WAITING if waits else CheckInState.DUPLICATE
    return CheckedIn(id=stored.id, state=state, is_repetition=is_repetition)
