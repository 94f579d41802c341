"""Devices of a shift: offered by staff with a pairing code, paired with a key of their own.

A volunteer needs no login. The key opens nothing but check-ins, those of the shift alone, and stays
good after it for what was scanned within it and could not be handed in.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, Executable, update
from sqlmodel import col

from creditbank.access.actor import Scope
from creditbank.access.api_keys import IssueApiKey, KeysState, RevokeApiKey
from creditbank.errors import InvalidInput, Refusal
from creditbank.learners.typed_codes import code_of, symbols_of
from creditbank.outcomes.texts import stated_text_problem
from creditbank.venues.queries import Device, Shift, devices_offered, find_devices
from creditbank.venues.rule import Venue
from creditbank.venues.shifts import Shifts, load_shifts
from creditbank.venues.tables import DeviceRow
from creditbank.writer.command import Decision, Moment, joined
from ledger.leaf import new_id

PAIRING_LENGTH = 12
"""How many symbols a pairing code has: 60 random bits, for ten minutes and once."""

PAIRING_LIFETIME = timedelta(minutes=10)


class DeviceKind(StrEnum):
    """Whether somebody of the venue attends to a device."""

    DESK = "desk"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A device that waits to be paired, and the code that pairs it, which is shown this once."""

    device_id: str
    code: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDevice:
    """Ask for a pairing code for one more device of a shift.

    It is made of the `secret` (32 bytes) of who asks, so that he can show it again.
    """

    institution_id: str
    shift_id: str
    kind: DeviceKind
    label: str
    by: str
    secret: bytes

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Shifts:
        """Load the shifts that these commands name."""
        return load_shifts(connection, [one.shift_id for one in commands])

    def decide(self, state: Shifts, moment: Moment) -> Decision[Shifts, Offer]:
        """Make the code; raises `Refusal`: "not-found", "shift-over", "invalid-input"."""
        shift = state.require_running(self.institution_id, self.shift_id, moment.now)
        if (problem := stated_text_problem("title", self.label)) is not None:
            raise InvalidInput([replace(problem, field="label")])
        code = self.code
        offer = Offer(
            device_id=new_id(moment.now, moment.entropy).hex(),
            code=code,
            until=int((moment.now + PAIRING_LIFETIME).timestamp()),
        )
        row = {
            "id": offer.device_id,
            "shift_id": shift.id,
            "kind": self.kind.value,
            "label": self.label,
            "offered_by": self.by,
            "pairing_hash": pairing_hash(code),
            "pairing_until": offer.until,
        }
        return Decision(answer=offer, state=state, rows={DeviceRow: [row]})

    @property
    def code(self) -> str:
        """The pairing code."""
        return code_of(self.secret, PAIRING_LENGTH)

    @classmethod
    def remember(cls, answer: Offer) -> str:
        """Keep which device it was and until when, never its code."""
        return f"{answer.device_id} {answer.until}"

    @classmethod
    def recall(cls, result: str) -> Offer:
        """Give the offer again without its code."""
        device_id, until = result.split()
        return Offer(device_id=device_id, code="", until=int(until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The devices that codes pair, by hash, and the shifts that they are of."""

    devices: Mapping[bytes, Device]
    shifts: Shifts


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A device that works from now on; its key is shown this once."""

    device: Device
    shift: Shift
    venue: Venue
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDevice:
    """Ask that whoever typed this code be the device that it was made for."""

    code: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Offered:
        """Load the devices that these codes pair."""
        devices = devices_offered(connection, {pairing_hash(one.code) for one in commands})
        shifts = [one.shift_id for one in devices.values()]
        return Offered(devices=devices, shifts=load_shifts(connection, shifts))

    def decide(self, state: Offered, moment: Moment) -> Decision[Offered, Paired]:
        """Pair it; raises `Refusal`: "pairing-refused" for every wrong code, "shift-over"."""
        hashed, now = pairing_hash(self.code), int(moment.now.timestamp())
        device = state.devices.get(hashed)
        if device is None or device.revoked_at is not None or device.pairing_until <= now:
            raise Refusal("pairing-refused")
        shift = state.shifts.shifts[device.shift_id]
        if shift.ends_at <= now:
            raise Refusal("shift-over")
        venue = state.shifts.venues[shift.venue_id]
        issue = IssueApiKey(institution_id=venue.institution_id, scopes={Scope.CHECK_INS_WRITE})
        issued = issue.decide(state.shifts.histories, moment)
        key_id = issued.answer.split("_")[1]
        paired = update(DeviceRow).where(col(DeviceRow.id) == device.id)
        return Decision(
            answer=Paired(device=device, shift=shift, venue=venue, key=issued.answer),
            state=replace(
                state, devices={one: it for one, it in state.devices.items() if one != hashed}
            ),
            changes=[paired.values(pairing_hash=None, key_id=key_id, paired_at=now)],
            rows=joined(issued.rows),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Devices that commands name, their shifts, and their keys."""

    devices: Mapping[str, Device]
    shifts: Shifts
    keys: KeysState


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeDevice:
    """Ask that a device hand in nothing more, not even what it scanned; again changes nothing."""

    institution_id: str
    device_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Working:
        """Load the devices that these commands name."""
        devices = find_devices(connection, {one.device_id for one in commands})
        revocations = [
            RevokeApiKey(institution_id="", key_id=one.key_id)
            for one in devices.values()
            if one.key_id is not None
        ]
        return Working(
            devices=devices,
            shifts=load_shifts(connection, [one.shift_id for one in devices.values()]),
            keys=RevokeApiKey.load(connection, revocations),
        )

    def decide(self, state: Working, moment: Moment) -> Decision[Working, None]:
        """Revoke it; raises `Refusal("not-found")`."""
        device = state.devices.get(self.device_id)
        if device is None:
            raise Refusal("not-found")
        shift = state.shifts.require_shift(self.institution_id, device.shift_id, moment.now)
        revoked: Executable = (
            update(DeviceRow)
            .where(col(DeviceRow.id) == device.id, col(DeviceRow.revoked_at).is_(None))
            .values(revoked_at=int(moment.now.timestamp()), pairing_hash=None)
        )
        changes = [revoked]
        if device.key_id is not None:
            venue = state.shifts.venues[shift.venue_id]
            command = RevokeApiKey(institution_id=venue.institution_id, key_id=device.key_id)
            changes += command.decide(state.keys, moment).changes
        return Decision(answer=None, state=state, changes=changes)


def pairing_hash(code: str) -> bytes:
    """Give what is stored of a pairing code as typed."""
    return hashlib.sha256(b"pairing/v1\0" + symbols_of(code).encode()).digest()
