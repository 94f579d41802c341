"""Questions about venues, shifts, devices and check-ins."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, select
from sqlmodel import col

from creditbank.conversion.amounts import ClassHours
from creditbank.conversion.days import read_day
from creditbank.database import chunks, stream, table_of
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.venues.rule import Method, Venue, VisitRule
from creditbank.venues.tables import (
    CardRow,
    CheckInRow,
    DeviceRow,
    RosterEntryRow,
    ShiftRow,
    VenueRow,
    VenueRuleRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stored shift; times are seconds since 1970."""

    id: str
    venue_id: str
    place: str | None
    starts_at: int
    ends_at: int
    opened_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A stored device; it is paired once it has a key, and works until it is revoked."""

    id: str
    shift_id: str
    kind: str
    label: str
    pairing_hash: bytes | None
    pairing_until: int
    key_id: str | None
    paired_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """One learner who is expected in a shift."""

    id: str
    shift_id: str
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCard:
    """A stored card; its code is under seal."""

    id: str
    code_hash: bytes
    account_id: str
    made_at: int
    ended_at: int | None
    sealed_code: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedVisit:
    """What is sealed of a check-in: when it was and came in, its day, and its card.

    Times are seconds since 1970; `clear` repeats the clear columns that never change.
    """

    at: int
    received_at: int
    day: date
    card: str | None
    clear: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckIn:
    """A stored check-in; when it was lies under the learner's key."""

    id: str
    account_id: str
    venue_id: str
    shift_id: str
    device_id: str | None
    method: str
    scan_key: bytes
    day_tag: bytes
    posted_with: str
    outcome_id: str | None
    waits_until: int | None
    sealed_visit: bytes

    def visit(self, key: AccountKey) -> SealedVisit:
        """Open what is sealed; raises `SealBroken`."""
        opened = orjson.loads(key.open(visit_place(self.id), self.sealed_visit))
        return SealedVisit(**{**opened, "day": read_day(opened["day"])})


def visit_place(check_in_id: str) -> bytes:
    """Name the place of what is sealed of a check-in."""
    return place(str(CheckInRow.__tablename__), check_in_id, "sealed_visit")


def find_venues(connection: Connection, ids: Collection[str]) -> dict[str, Venue]:
    """Give those of these venues that exist, by id."""
    return {one.id: one for one in _venues(connection, col(VenueRow.id).in_(ids))}


def venues_of(connection: Connection, institution_ids: Collection[str]) -> list[Venue]:
    """Give the venues of these institutions, by course and offering."""
    found = _venues(connection, col(VenueRow.institution_id).in_(institution_ids))
    return sorted(found, key=lambda one: (one.course, one.offering or ""))


def get_venue(connection: Connection, venue_id: str) -> Venue:
    """Give a venue; raises `Refusal("not-found")`."""
    found = find_venues(connection, [venue_id]).get(venue_id)
    if found is None:
        raise Refusal("not-found")
    return found


def _venues(connection: Connection, which: ColumnElement[bool]) -> list[Venue]:
    rows = connection.execute(select(table_of(VenueRow)).where(which)).mappings().all()
    named = col(VenueRuleRow.venue_id).in_([row["id"] for row in rows])
    wanted = select(table_of(VenueRuleRow)).where(named).order_by(col(VenueRuleRow.from_day))
    rules: dict[str, list[VisitRule]] = defaultdict(list)
    for row in connection.execute(wanted).mappings():
        rules[row["venue_id"]].append(_rule(row))
    return [Venue(**row, rules=tuple(rules[row["id"]])) for row in rows]


def _rule(row: RowMapping) -> VisitRule:
    hours = row["class_hours"]
    return VisitRule(
        from_day=row["from_day"],
        minutes=row["minutes"],
        class_hours=None if hours is None else ClassHours(milli=hours),
        visits_a_day=row["visits_a_day"],
        minutes_between=row["minutes_between"],
        methods=frozenset(map(Method, row["methods"])),
    )


def find_shifts(connection: Connection, ids: Collection[str]) -> dict[str, Shift]:
    """Give those of these shifts that exist, by id."""
    return {one.id: one for one in _shifts(connection, col(ShiftRow.id).in_(ids))}


def shifts_of(connection: Connection, venue_id: str) -> list[Shift]:
    """Give the shifts at a venue, the newest first."""
    found = _shifts(connection, col(ShiftRow.venue_id) == venue_id)
    return sorted(found, key=lambda one: (one.starts_at, one.id), reverse=True)


def _shifts(connection: Connection, which: ColumnElement[bool]) -> list[Shift]:
    rows = connection.execute(select(table_of(ShiftRow)).where(which)).mappings()
    return [Shift(**row) for row in rows]


_DEVICE = [table_of(DeviceRow).c[name] for name in Device.__slots__]


def find_devices(connection: Connection, ids: Collection[str]) -> dict[str, Device]:
    """Give those of these devices that exist, by id."""
    return {one.id: one for one in _devices(connection, col(DeviceRow.id).in_(ids))}


def devices_of(connection: Connection, shift_ids: Collection[str]) -> list[Device]:
    """Give the devices of these shifts."""
    return _devices(connection, col(DeviceRow.shift_id).in_(shift_ids))


def devices_offered(connection: Connection, hashes: Collection[bytes]) -> dict[bytes, Device]:
    """Give the devices that wait to be paired by codes with these hashes, by hash."""
    found = _devices(connection, col(DeviceRow.pairing_hash).in_(hashes))
    return {one.pairing_hash: one for one in found if one.pairing_hash is not None}


def device_with_key(connection: Connection, key_id: str) -> Device:
    """Give the device that works with an API key; raises `Refusal("device-unknown")`."""
    found = _devices(connection, col(DeviceRow.key_id) == key_id)
    if not found:
        raise Refusal("device-unknown")
    return found[0]


def _devices(connection: Connection, which: ColumnElement[bool]) -> list[Device]:
    wanted = select(*_DEVICE).where(which).order_by(col(DeviceRow.id))
    return [Device(**row) for row in connection.execute(wanted).mappings()]


_ENTRY = [table_of(RosterEntryRow).c[name] for name in RosterEntry.__slots__]


def roster_of(connection: Connection, shift_ids: Collection[str]) -> list[RosterEntry]:
    """Give who is expected in these shifts, in the order in which they were added."""
    wanted = select(*_ENTRY).where(col(RosterEntryRow.shift_id).in_(shift_ids))
    rows = connection.execute(wanted.order_by(col(RosterEntryRow.id))).mappings()
    return [RosterEntry(**row) for row in rows]


_CARD = [table_of(CardRow).c[name] for name in StoredCard.__slots__]


def cards_of(connection: Connection, account_ids: Collection[str]) -> list[StoredCard]:
    """Give the cards of the accounts of one person, newest first."""
    found = _cards(connection, col(CardRow.account_id).in_(account_ids))
    return sorted(found, key=lambda one: (one.made_at, one.id), reverse=True)


def find_cards(connection: Connection, ids: Collection[str]) -> dict[str, StoredCard]:
    """Give those of these cards that exist, by id."""
    return {one.id: one for one in _cards(connection, col(CardRow.id).in_(ids))}


def card_of_code(connection: Connection, code_hash: bytes) -> StoredCard | None:
    """Give the card of a code, or None."""
    return next(iter(_cards(connection, col(CardRow.code_hash) == code_hash)), None)


def all_cards(connection: Connection, account_id: str | None) -> Iterator[StoredCard]:
    """Give every card, or those of an account."""
    wanted = select(*_CARD).order_by(col(CardRow.id))
    if account_id is not None:
        wanted = wanted.where(col(CardRow.account_id) == account_id)
    for row in stream(connection, wanted):
        yield StoredCard(**row._mapping)  # noqa: SLF001 - the public view of a row by names


def _cards(connection: Connection, which: ColumnElement[bool]) -> list[StoredCard]:
    wanted = select(*_CARD).where(which).order_by(col(CardRow.id))
    return [StoredCard(**row) for row in connection.execute(wanted).mappings()]


_CHECK_IN = [table_of(CheckInRow).c[name] for name in StoredCheckIn.__slots__]


def check_ins_with_keys(
    connection: Connection, scan_keys: Collection[bytes]
) -> dict[bytes, StoredCheckIn]:
    """Give those of these check-ins that exist, by the key of the scan."""
    found = _check_ins(connection, col(CheckInRow.scan_key).in_(scan_keys))
    return {one.scan_key: one for one in found}


def check_ins_by_day(
    connection: Connection, tags: Collection[bytes]
) -> dict[bytes, tuple[StoredCheckIn, ...]]:
    """Give the check-ins of these learners, venues and days, by tag."""
    found: dict[bytes, list[StoredCheckIn]] = defaultdict(list)
    for chunk in chunks(list(tags)):
        for one in _check_ins(connection, col(CheckInRow.day_tag).in_(chunk)):
            found[one.day_tag].append(one)
    return {tag: tuple(some) for tag, some in found.items()}


def check_ins_of(connection: Connection, account_ids: Collection[str]) -> list[StoredCheckIn]:
    """Give the check-ins of these accounts, in the order in which they came in."""
    return _check_ins(connection, col(CheckInRow.account_id).in_(account_ids))


def check_ins_of_shift(connection: Connection, shift_id: str) -> list[StoredCheckIn]:
    """Give the check-ins of a shift."""
    return _check_ins(connection, col(CheckInRow.shift_id) == shift_id)


def waiting_check_ins(connection: Connection, now: int) -> list[StoredCheckIn]:
    """Give the check-ins that waited for late ones until now, in seconds since 1970."""
    return _check_ins(connection, col(CheckInRow.waits_until) <= now)


def all_check_ins(connection: Connection, account_id: str | None) -> Iterator[StoredCheckIn]:
    """Give every check-in, or those of an account."""
    wanted = select(*_CHECK_IN).order_by(col(CheckInRow.id))
    if account_id is not None:
        wanted = wanted.where(col(CheckInRow.account_id) == account_id)
    for row in stream(connection, wanted):
        yield StoredCheckIn(**row._mapping)  # noqa: SLF001 - as above


def _check_ins(connection: Connection, which: ColumnElement[bool]) -> list[StoredCheckIn]:
    wanted = select(*_CHECK_IN).where(which).order_by(col(CheckInRow.id))
    return [StoredCheckIn(**row) for row in connection.execute(wanted).mappings()]
