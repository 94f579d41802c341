"""What befell outcomes that a grant shows, read from their rows and leaves."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.grants.changes import Change, ChangeKind, expiries
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.events import EventKind
from creditbank.outcomes.queries import StoredOutcome, ended_at, find_outcomes
from creditbank.outcomes.standing import Standing, appended_at, standings_of
from creditbank.outcomes.status import ENDED, STANDING, OutcomeStatus
from creditbank.verification.report import Reason

_KINDS = {
    EventKind.SUSPENDED: ChangeKind.SUSPENDED,
    EventKind.LIFTED: ChangeKind.LIFTED,
    EventKind.EXTENDED: ChangeKind.EXTENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeHistory:
    """How one outcome stands at a moment, and everything that befell it until then.

    `superseded_by` is the entry of its correction; `valid_until` includes extensions.
    """

    entry_index: int
    status: OutcomeStatus
    superseded_by: int | None
    valid_until: PartialDate | None
    is_expired: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaves:
    """The outcomes that followed these, which leaf ended each, and when leaves were appended."""

    later: Mapping[str, StoredOutcome]
    ended: Mapping[str, int]
    times: Mapping[int, datetime]


def histories(
    connection: Connection,
    keys: Mapping[str, AccountKey],
    outcome_ids: Collection[str],
    now: datetime,
) -> list[OutcomeHistory]:
    """Give the histories of these outcomes of one person, in ledger order.

    `keys` are those of all her accounts, by account. Raises `SealBroken`.
    """
    outcomes = list(find_outcomes(connection, outcome_ids).values())
    standings = standings_of(connection, keys, outcomes)
    leaves = _leaves(connection, standings)
    return [
        OutcomeHistory(
            entry_index=one.stored.entry_index,
            status=OutcomeStatus(one.stored.status),
            superseded_by=_entry(leaves, one.superseded_by),
            valid_until=one.valid_until,
            is_expired=one.is_expired(civil_day(now)),
            changes=(*_recorded(one, leaves), *_expiries(one, leaves, now)),
        )
        for one in standings
    ]


def _leaves(connection: Connection, standings: Collection[Standing]) -> _Leaves:
    later = find_outcomes(
        connection,
        {each for one in standings for each in (one.superseded_by, one.renewed_by) if each},
    )
    ended = ended_at(connection, [one.stored.id for one in standings])
    indexes = {*ended.values(), *(one.entry_index for one in later.values())}
    indexes.update(event.entry_index for one in standings for event in one.events)
    return _Leaves(later=later, ended=ended, times=appended_at(connection, indexes))


def _recorded(standing: Standing, leaves: _Leaves) -> Iterator[Change]:
    """Give what leaves changed; of a renewal nothing but that there is one."""
    status = OutcomeStatus(standing.stored.status)
    if status is OutcomeStatus.SUPERSEDED or status in ENDED:
        index = leaves.ended[standing.stored.id]
        yield Change(
            kind=ChangeKind.TAKEN_BACK if status in ENDED else ChangeKind.CORRECTED,
            at=leaves.times[index],
            index=index,
            reason=Reason(status),
            superseded_by=_entry(leaves, standing.superseded_by),
        )
    for event in standing.events:
        yield Change(
            kind=_KINDS[event.kind],
            at=leaves.times[event.entry_index],
            index=event.entry_index,
            reason=Reason.SUSPENDED if event.kind is EventKind.SUSPENDED else None,
            valid_until=None if event.valid_until is None else str(event.valid_until),
        )
    renewal = leaves.later.get(standing.renewed_by or "")
    if renewal is not None and renewal.status in STANDING:
        at = leaves.times[renewal.entry_index]
        yield Change(kind=ChangeKind.RENEWED, at=at, index=renewal.entry_index)


def _expiries(standing: Standing, leaves: _Leaves, now: datetime) -> list[Change]:
    own = standing.stated.get("valid_until")
    extensions = [
        (leaves.times[one.entry_index], one.valid_until.last_day)
        for one in standing.events
        if one.valid_until is not None
    ]
    last_day = None if own is None else standing.ends[0].last_day
    return expiries(last_day, extensions, now)


def _entry(leaves: _Leaves, outcome_id: str | None) -> int | None:
    later = leaves.later.get(outcome_id or "")
    return None if later is None else later.entry_index
