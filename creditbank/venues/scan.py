"""Find out whom a code at a venue stands for, and make the command that checks her in.

A scan that was handed in before is recognised before its code is asked for: that is used up.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from creditbank.cache.store import Cache
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.queries import going_on
from creditbank.venues.check_in import CheckedIn, CheckIn, told
from creditbank.venues.code_text import CodeKind, card_hash, read_code
from creditbank.venues.devices import DeviceKind
from creditbank.venues.live_codes import take_code
from creditbank.venues.queries import (
    Device,
    Shift,
    StoredCheckIn,
    card_of_code,
    check_ins_with_keys,
    device_with_key,
    find_devices,
    find_shifts,
    get_venue,
)
from creditbank.venues.rule import Method, Venue


class Parts(Protocol):
    """What scanning works with; a bank has them all."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...

    @property
    def cache(self) -> Cache:
        """Where live codes are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A device with its shift and venue."""

    device: Device
    shift: Shift
    venue: Venue

    def require_working(self, now: datetime) -> None:
        """Raise a `Refusal` for a device that is revoked, or whose shift is over."""
        if self.device.revoked_at is not None:
            raise Refusal("device-unknown")
        if self.shift.ends_at < now.timestamp():
            raise Refusal("scan-outside-shift")

    def method(self, attended: Method) -> Method:
        """Give how somebody checks in here: as attended, or by a kiosk."""
        return Method.KIOSK if self.device.kind == DeviceKind.KIOSK else attended


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a device scanned: its own name for the scan, the text, and its time where it is late."""

    id: str
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Whom a scan is of: a command to check her in, or what was answered before."""

    key: AccountKey
    command: CheckIn | None = None
    earlier: CheckedIn | None = None


def station_of(connection: Connection, key_id: str) -> Station:
    """Give the device that works with an API key; raises `Refusal("device-unknown")`."""
    return _station(connection, device_with_key(connection, key_id))


def find_scanned(parts: Parts, key_id: str, scan: Scan, now: datetime) -> Found:
    """Find whom a device scanned.

    Raises `Refusal`: "device-unknown", "scan-outside-shift", "check-in-code-unreadable",
    "check-in-code-other", "live-code-refused", "live-codes-down", "card-refused".
    """
    scan_key = _scan_key("scan", key_id, scan.id, scan.text)
    with parts.readers.reading() as connection:
        station = station_of(connection, key_id)
        earlier = check_ins_with_keys(connection, [scan_key]).get(scan_key)
    if earlier is not None:
        return _earlier(parts, earlier)
    kind, code = read_code(scan.text, CodeKind.LIVE, CodeKind.CARD)
    card_id, at = None, now
    if kind is CodeKind.LIVE:
        station.require_working(now)
        account_id = take_code(parts.cache, kind, code)
    else:
        at = scan.at or now
        account_id, card_id = _of_card(parts, code, at)
    command = CheckIn(
        venue=station.venue,
        shift_id=station.shift.id,
        device_id=station.device.id,
        method=station.method(Method.LIVE_CODE if card_id is None else Method.CARD),
        key=key_going_on(parts, account_id),
        at=at,
        scan_key=scan_key,
        posted_with=key_id,
        card_id=card_id,
    )
    return Found(key=command.key, command=command)


def find_screen(parts: Parts, key: AccountKey, text: str, now: datetime) -> Found:
    """Find at which device a learner scanned the screen; raises as `find_scanned` does."""
    _, code = read_code(text, CodeKind.SCREEN)
    scan_key = _scan_key("screen", key.account_id, code)
    with parts.readers.reading() as connection:
        earlier = check_ins_with_keys(connection, [scan_key]).get(scan_key)
    if earlier is not None:
        return _earlier(parts, earlier)
    device_id = take_code(parts.cache, CodeKind.SCREEN, code)
    with parts.readers.reading() as connection:
        station = _station(connection, find_devices(connection, [device_id])[device_id])
    command = CheckIn(
        venue=station.venue,
        shift_id=station.shift.id,
        device_id=device_id,
        method=station.method(Method.LIVE_CODE),
        key=key,
        at=now,
        scan_key=scan_key,
        posted_with=str(station.device.key_id),
    )
    return Found(key=key, command=command)


def key_going_on(parts: Parts, account_id: str) -> AccountKey:
    """Give the key of the account that goes on for one; raises `Refusal("learner-not-taken")`."""
    with parts.readers.reading() as connection:
        goes_on = going_on(connection, [account_id])[account_id]
    key = parts.keystore.get([goes_on]).get(goes_on)
    if key is None:
        raise Refusal("learner-not-taken")
    return key


def _station(connection: Connection, device: Device) -> Station:
    shift = find_shifts(connection, [device.shift_id])[device.shift_id]
    return Station(device=device, shift=shift, venue=get_venue(connection, shift.venue_id))


def _of_card(parts: Parts, code: str, at: datetime) -> tuple[str, str]:
    with parts.readers.reading() as connection:
        card = card_of_code(connection, card_hash(code))
    # What was scanned before a card was given up counts still.
    if card is None or (card.ended_at is not None and card.ended_at <= at.timestamp()):
        raise Refusal("card-refused")
    return card.account_id, card.id


def _earlier(parts: Parts, earlier: StoredCheckIn) -> Found:
    key = key_going_on(parts, earlier.account_id)
    return Found(key=key, earlier=told(earlier, is_repetition=True))


def _scan_key(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(("scan/v1", *parts)).encode()).digest()
