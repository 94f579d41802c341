"""How outcomes stand today: why, what each was replaced or renewed by, and how long it is valid."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.database import chunks
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.events import EventKind, StoredEvent, events_of
from creditbank.outcomes.holding import Held
from creditbank.outcomes.queries import (
    StoredOutcome,
    StoredRevocation,
    find_revocations,
    outcomes_of_account,
    superseding_outcomes,
)
from creditbank.outcomes.status import OutcomeStatus
from ledger.grammar import facts_of
from ledger.read import read_leaves_at
from ledger.statement import JSONValue

Fields = Mapping[str, JSONValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What befell an outcome, why, on which day it was recorded, and by which leaf."""

    kind: EventKind
    reason: str
    valid_until: PartialDate | None
    day: date
    entry_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An opened outcome, how it stands, and why it was taken back where it was."""

    stored: StoredOutcome
    stated: Fields
    recorded_on: date
    superseded_by: str | None
    renewed_by: str | None
    reason: str | None
    taken_back_on: date | None
    events: Sequence[Event]

    @property
    def ends(self) -> list[PartialDate]:
        """Every last day of its validity that was ever stated."""
        own = self.stated.get("valid_until")
        stated = [] if own is None else [_date(own)]
        return stated + [one.valid_until for one in self.events if one.valid_until is not None]

    @property
    def valid_until(self) -> PartialDate | None:
        """The last day of its validity, extensions included."""
        return max(self.ends, key=lambda end: end.last_day, default=None)

    def is_expired(self, today: date) -> bool:
        """Say whether it ran out (已过有效期)."""
        return self.valid_until is not None and is_over(self.valid_until, today)

    def held(self) -> Held:
        """Give it as the question of a day sees it."""
        valid_from = self.stated.get("valid_from")
        return Held(
            outcome_id=self.stored.id,
            awarded=_date(self.stated["awarded_on"]),
            valid_from=None if valid_from is None else _date(valid_from),
            ends=self.ends,
            status=OutcomeStatus(self.stored.status),
            taken_back_on=self.taken_back_on,
            suspensions=_suspensions(self.events),
        )


def is_over(until: PartialDate, today: date) -> bool:
    """Say whether a validity ran out; a year-only end runs out with the year."""
    return until.last_day < today


def validity_ends(
    connection: Connection, stated: Mapping[str, Fields], keys: Mapping[str, AccountKey]
) -> dict[str, PartialDate]:
    """Give until when outcomes are valid, extensions included; those without an end are left out.

    `stated` and `keys` are what each outcome states, and its learner's key, by outcome.
    """
    own = {one: fields["valid_until"] for one, fields in stated.items() if "valid_until" in fields}
    events = events_of(connection, own) if own else {}
    found = {}
    for outcome_id, text in own.items():
        opened = [one.stated(keys[outcome_id]) for one in events.get(outcome_id, ())]
        ends = [_date(text), *(_date(one["valid_until"]) for one in opened if "valid_until" in one)]
        found[outcome_id] = max(ends, key=lambda end: end.last_day)
    return found


def standings_of(
    connection: Connection,
    keys: Mapping[str, AccountKey],
    outcomes: Sequence[StoredOutcome] | None = None,
) -> list[Standing]:
    """Open these outcomes of one person, or all of hers, and say how each stands, in ledger order.

    `keys` are those of all her accounts, by account: a renewal may lie in another one of them.
    """
    wanted = outcomes_of_account(connection, *keys) if outcomes is None else outcomes
    opened = {one.id: _open_outcome(one, keys[one.account_id]) for one in wanted}
    known = _load(connection, wanted)
    others = opened
    if outcomes is not None and any("certificate_number" in one for one in opened.values()):
        others = {
            one.id: opened.get(one.id) or _open_outcome(one, keys[one.account_id])
            for one in outcomes_of_account(connection, *keys)
        }
    return [
        _standing(
            one,
            opened[one.id],
            known,
            keys[one.account_id],
            renewed_by=_renewal(opened[one.id], others),
        )
        for one in sorted(wanted, key=lambda one: one.entry_index)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    revocations: Mapping[str, StoredRevocation]
    events: Mapping[str, Sequence[StoredEvent]]
    superseding: Mapping[str, str]
    days: Mapping[int, date]


def _load(connection: Connection, outcomes: Sequence[StoredOutcome]) -> _Known:
    ids = [one.id for one in outcomes]
    revocations, events = find_revocations(connection, ids), events_of(connection, ids)
    indexes = [one.entry_index for one in outcomes]
    indexes += [one.entry_index for one in revocations.values()]
    indexes += [one.entry_index for some in events.values() for one in some]
    return _Known(
        revocations=revocations,
        events=events,
        superseding=superseding_outcomes(connection, ids),
        days={index: civil_day(at) for index, at in appended_at(connection, indexes).items()},
    )


def appended_at(connection: Connection, indexes: Collection[int]) -> dict[int, datetime]:
    """Give when each of these leaves was appended, to the second."""
    times: dict[int, datetime] = {}
    for chunk in chunks(sorted(indexes)):
        for index, leaf in read_leaves_at(connection, chunk).items():
            if (facts := facts_of(leaf)) is not None:
                times[index] = datetime.fromtimestamp(int(facts.at), UTC)
    return times


def _standing(
    stored: StoredOutcome,
    stated: Fields,
    known: _Known,
    key: AccountKey,
    *,
    renewed_by: str | None,
) -> Standing:
    revocation = known.revocations.get(stored.id)
    reason = None
    if revocation is not None:
        sealed = revocation.sealed_statement
        reason = str(_opened(key, "outcome_revocation", revocation.id, sealed)["reason"])
    return Standing(
        stored=stored,
        stated=stated,
        recorded_on=known.days[stored.entry_index],
        superseded_by=known.superseding.get(stored.id),
        renewed_by=renewed_by,
        reason=reason,
        taken_back_on=None if revocation is None else known.days[revocation.entry_index],
        events=[_event(one, known, key) for one in known.events.get(stored.id, ())],
    )


def _renewal(stated: Fields, opened: Mapping[str, Fields]) -> str | None:
    """Give the newest outcome that names this one's certificate as the one it continues."""
    if "certificate_number" not in stated:
        return None
    mine = stated["certificate_series"], stated["certificate_number"]
    later = [
        outcome_id
        for outcome_id, other in opened.items()
        if (other.get("renews_series"), other.get("renews_number")) == mine
    ]
    return later[-1] if later else None


def _event(stored: StoredEvent, known: _Known, key: AccountKey) -> Event:
    stated = stored.stated(key)
    until = stated.get("valid_until")
    return Event(
        kind=EventKind(stored.kind),
        reason=str(stated["reason"]),
        valid_until=None if until is None else _date(until),
        day=known.days[stored.entry_index],
        entry_index=stored.entry_index,
    )


def _suspensions(events: Sequence[Event]) -> list[tuple[date, date | None]]:
    found: list[tuple[date, date | None]] = []
    for one in events:
        if one.kind is EventKind.SUSPENDED:
            found.append((one.day, None))
        elif one.kind is EventKind.LIFTED and found:
            found[-1] = (found[-1][0], one.day)
    return found


def _open_outcome(stored: StoredOutcome, key: AccountKey) -> Fields:
    return _opened(key, "outcome", stored.id, stored.sealed_statement)


def _opened(key: AccountKey, table: str, row_id: str, sealed: bytes) -> Fields:
    return open_fields(key, table, row_id, sealed)


def _date(text: JSONValue) -> PartialDate:
    return PartialDate.parse(str(text), today=date.max)
