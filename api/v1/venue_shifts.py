"""Shifts at a venue: staff open one, pair devices for it, and end it."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, VenueRunner
from api.response import Response
from api.v1 import venue_examples
from api.v1.fields import Instant, Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.venues.devices import DeviceKind, OfferDevice, RevokeDevice
from creditbank.venues.queries import Device, Shift, devices_of, shifts_of
from creditbank.venues.shifts import EndShift, OpenShift, load_shifts

router = APIRouter(prefix="/api/v1", tags=["venues"])


class ShiftRequest(Request):
    """A shift that begins now."""

    place: ShortText | None = Field(
        default=None, examples=["东门"], description="Where at the venue it is."
    )
    ends_at: Instant = Field(
        examples=["2026-03-07T12:00:00+08:00"],
        description="When it ends: ISO 8601 with a zone, at most 24 hours ahead.",
    )


class DeviceRequest(Request):
    """One more device of a shift."""

    kind: ShortText = Field(
        description=f"{one_of(DeviceKind)} Somebody attends to a desk, nobody to a kiosk."
    )
    label: ShortText = Field(examples=["东门一号"], description="What staff know the device by.")


class DeviceView(Response):
    """A device of a shift."""

    id: str
    kind: str
    label: str
    paired: bool
    revoked: bool


class ShiftView(Response):
    """A shift with its devices."""

    id: str
    venue: str
    place: str | None
    starts_at: str
    ends_at: str
    devices: list[DeviceView]


class ShiftList(Response):
    """The shifts at a venue, newest first."""

    shifts: list[ShiftView]


class ShiftOpened(Response):
    """The id of a shift."""

    id: str


class OfferView(Response):
    """A device that waits to be paired; the code is shown this once."""

    device: str
    code: str
    expires_at: str


@router.post("/venues/{venue_id}/shifts", status_code=201)
async def open_shift(
    venue_id: str,
    body: Annotated[ShiftRequest, Body(openapi_examples=venue_examples.SHIFT)],
    actor: VenueRunner,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> ShiftOpened:
    """Open a shift at a venue of one's subtree."""
    command = shift_command(venue_id, body, actor)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return ShiftOpened(id=written.answer)


@router.get("/venues/{venue_id}/shifts")
def list_shifts(venue_id: str, actor: VenueRunner, bank: CurrentBank) -> ShiftList:
    """List the shifts at a venue of one's subtree, with their devices."""
    with bank.readers.reading() as connection:
        reach = load_shifts(connection, (), [venue_id])
        reach.require_reached(actor.institution, venue_id, bank.clock())
        shifts = shifts_of(connection, venue_id)
        devices = devices_of(connection, [one.id for one in shifts])
    return ShiftList(shifts=[_shift(one, devices) for one in shifts])


@router.post("/venue-shifts/{shift_id}/end", status_code=204)
async def end_shift(shift_id: str, actor: VenueRunner, bank: CurrentBank) -> None:
    """End a shift now; what was scanned in it is taken for 72 hours still."""
    command = EndShift(institution_id=actor.institution, shift_id=shift_id)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.post("/venue-shifts/{shift_id}/devices", status_code=201)
async def offer_device(
    shift_id: str,
    body: Annotated[DeviceRequest, Body(openapi_examples=venue_examples.DEVICE)],
    actor: VenueRunner,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> OfferView:
    """Get a pairing code for one more device; it holds ten minutes and pairs one."""
    command = device_command(shift_id, body, actor, attempt.secret(actor, bank))
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    offer = written.answer
    return OfferView(device=offer.device_id, code=command.code, expires_at=_civil(offer.until))


@router.delete("/venue-devices/{device_id}", status_code=204)
async def revoke_device(device_id: str, actor: VenueRunner, bank: CurrentBank) -> None:
    """Take a device back at once, as when it is lost; revoking it again changes nothing."""
    command = RevokeDevice(institution_id=actor.institution, device_id=device_id)
    await asyncio.wrap_future(bank.writer.submit(command))


def shift_command(venue_id: str, body: ShiftRequest, actor: Actor) -> OpenShift:
    """Make the command that opens a shift."""
    return OpenShift(
        institution_id=actor.institution,
        venue_id=venue_id,
        place=body.place,
        ends_at=body.ends_at,
        by=actor.id,
    )


def device_command(shift_id: str, body: DeviceRequest, actor: Actor, secret: bytes) -> OfferDevice:
    """Make the command that offers a device; raises `InvalidInput`."""
    if body.kind not in set(DeviceKind):
        facts = {"known": tuple(one.value for one in DeviceKind)}
        raise InvalidInput([FieldProblem(field="kind", code="kind-unknown", facts=facts)])
    return OfferDevice(
        institution_id=actor.institution,
        shift_id=shift_id,
        kind=DeviceKind(body.kind),
        label=body.label,
        by=actor.id,
        secret=secret,
    )


def _shift(shift: Shift, devices: list[Device]) -> ShiftView:
    return ShiftView(
        id=shift.id,
        venue=shift.venue_id,
        place=shift.place,
        starts_at=_civil(shift.starts_at),
        ends_at=_civil(shift.ends_at),
        devices=[
            DeviceView(
                id=one.id,
                kind=one.kind,
                label=one.label,
                paired=one.key_id is not None,
                revoked=one.revoked_at is not None,
            )
            for one in devices
            if one.shift_id == shift.id
        ],
    )


def _civil(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()
