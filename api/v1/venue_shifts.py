"""Shifts at a venue: staff open one, pair devices for it, and tick its roster."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, VenueRunner
from api.response import Response
from api.v1 import venue_examples
from api.v1.fields import Instant, Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.venues.check_in import CheckIn
from creditbank.venues.devices import DeviceKind, OfferDevice, RevokeDevice
from creditbank.venues.queries import Device, Shift, devices_of, shifts_of
from creditbank.venues.roster import AddToRoster, find_entry, tick_key
from creditbank.venues.rule import Method
from creditbank.venues.scan import key_going_on
from creditbank.venues.shifts import EndShift, OpenShift, load_shifts
from creditbank.venues.show import show_roster

router = APIRouter(prefix="/api/v1", tags=["venues"])

ROSTER_ADDED_MAX = 200


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


class RosterRequest(Request):
    """Learners who are expected."""

    account_numbers: list[ShortText] = Field(
        min_length=1, max_length=ROSTER_ADDED_MAX, description="The numbers of their accounts."
    )


class TickRequest(Request):
    """That somebody of the roster has come."""

    at: Instant | None = Field(
        default=None,
        examples=["2026-03-07T09:40:00+08:00"],
        description="When she came, within the shift: ISO 8601 with a zone; now unless stated.",
    )


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


class RosterEntryView(Response):
    """One line of a roster; the name is masked."""

    id: str
    name: str
    ticked: bool


class RosterView(Response):
    """Who is expected in a shift."""

    entries: list[RosterEntryView]


class TickView(Response):
    """What became of a tick: counted, or a duplicate of a visit that was counted already."""

    state: str


@router.post("/venues/{venue_id}/shifts", status_code=201)
async def open_shift(
    venue_id: str,
    body: Annotated[ShiftRequest, Body(openapi_examples=venue_examples.SHIFT)],
    actor: VenueRunner,
    bank: CurrentBank,
) -> ShiftOpened:
    """Open a shift at a venue of one's subtree."""
    command = shift_command(venue_id, body, actor)
    written = await asyncio.wrap_future(bank.writer.submit(command))
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
) -> OfferView:
    """Get a pairing code for one more device; it holds ten minutes and pairs one."""
    command = device_command(shift_id, body, actor)
    offer = (await asyncio.wrap_future(bank.writer.submit(command))).answer
    return OfferView(device=offer.device_id, code=offer.code, expires_at=_civil(offer.until))


@router.delete("/venue-devices/{device_id}", status_code=204)
async def revoke_device(device_id: str, actor: VenueRunner, bank: CurrentBank) -> None:
    """Take a device back at once, as when it is lost; revoking it again changes nothing."""
    command = RevokeDevice(institution_id=actor.institution, device_id=device_id)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.post("/venue-shifts/{shift_id}/roster", status_code=201)
async def add_to_roster(
    shift_id: str,
    body: Annotated[RosterRequest, Body(openapi_examples=venue_examples.ROSTER)],
    actor: VenueRunner,
    bank: CurrentBank,
) -> RosterView:
    """Say who is expected in a shift, by account numbers; who is already stays so."""
    command = await run_in_threadpool(roster_command, shift_id, body, actor, bank)
    await asyncio.wrap_future(bank.writer.submit(command))
    return await run_in_threadpool(read_roster, shift_id, actor, bank)


@router.get("/venue-shifts/{shift_id}/roster")
def read_roster(shift_id: str, actor: VenueRunner, bank: CurrentBank) -> RosterView:
    """Read who is expected in a shift of one's subtree, and who has come."""
    with bank.readers.reading() as connection:
        reach = load_shifts(connection, [shift_id])
        reach.require_shift(actor.institution, shift_id, bank.clock())
        entries = show_roster(connection, shift_id, bank.keystore)
    return RosterView(
        entries=[RosterEntryView(id=one.id, name=one.name, ticked=one.is_ticked) for one in entries]
    )


@router.post("/venue-shifts/{shift_id}/roster/{roster_entry_id}/tick", status_code=201)
async def tick_roster(
    shift_id: str,
    roster_entry_id: str,
    body: Annotated[TickRequest, Body(openapi_examples=venue_examples.TICK)],
    actor: VenueRunner,
    bank: CurrentBank,
    response: HTTPResponse,
) -> TickView:
    """Check somebody of the roster in, as a person who saw her; again answers 200 as before."""
    command = await run_in_threadpool(tick_command, shift_id, roster_entry_id, body, actor, bank)
    checked = (await asyncio.wrap_future(bank.writer.submit(command))).answer
    if checked.is_repetition:
        response.status_code = 200
    return TickView(state=checked.state.value)


def shift_command(venue_id: str, body: ShiftRequest, actor: Actor) -> OpenShift:
    """Make the command that opens a shift."""
    return OpenShift(
        institution_id=actor.institution,
        venue_id=venue_id,
        place=body.place,
        ends_at=body.ends_at,
        by=actor.id,
    )


def device_command(shift_id: str, body: DeviceRequest, actor: Actor) -> OfferDevice:
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
    )


def roster_command(shift_id: str, body: RosterRequest, actor: Actor, bank: Bank) -> AddToRoster:
    """Make the command that adds to a roster; raises `InvalidInput` for unknown numbers.

    Whose shift it is not learns nothing of numbers: `Refusal("not-found")`.
    """
    with bank.readers.reading() as connection:
        reach = load_shifts(connection, [shift_id])
    reach.require_shift(actor.institution, shift_id, bank.clock())
    keys = [bank.keystore.find_by_number(number) for number in body.account_numbers]
    if problems := [
        FieldProblem(field=f"account_numbers.{place}", code="account-unknown")
        for place, key in enumerate(keys)
        if key is None
    ]:
        raise InvalidInput(problems)
    return AddToRoster(
        institution_id=actor.institution,
        shift_id=shift_id,
        account_ids=[key.account_id for key in keys if key is not None],
        by=actor.id,
    )


def tick_command(
    shift_id: str, entry_id: str, body: TickRequest, actor: Actor, bank: Bank
) -> CheckIn:
    """Make the command that checks somebody of a roster in; raises a `Refusal`."""
    now = bank.clock()
    with bank.readers.reading() as connection:
        reach = load_shifts(connection, [shift_id])
        shift = reach.require_shift(actor.institution, shift_id, now)
        entry = find_entry(connection, shift_id, entry_id)
    return CheckIn(
        venue=reach.venues[shift.venue_id],
        shift_id=shift.id,
        device_id=None,
        method=Method.ROSTER,
        key=key_going_on(bank, entry.account_id),
        at=body.at or now,
        scan_key=tick_key(entry.id),
        posted_with=actor.person,
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
