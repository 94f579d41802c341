"""One shift at a venue: who is expected and has come, its devices, and its end."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.venue_rosters import RosterRequest, TickRequest, add_to_roster, read_roster, tick_roster
from api.v1.venue_shifts import (
    DeviceRequest,
    ShiftView,
    end_shift,
    list_shifts,
    offer_device,
    revoke_device,
)
from api.v1.venues import read_venue
from api.web.check_in.pictures import picture_of
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.venues import VENUES
from api.web.provider.who import VenuePage
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

SHIFT = "/desk/venues/{venue_id}/shifts/{shift_id}"


@router.get(SHIFT)
def show_shift(page: VenuePage, venue_id: str, shift_id: str) -> Response:
    """Show a shift."""
    return _show(page, venue_id, shift_id, page.form(kind="desk"))


@router.post(SHIFT + "/roster")
async def expect(
    page: VenuePage, venue_id: str, shift_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Say who is expected, by account numbers, one a line."""
    numbers = form.typed("account_numbers").split()
    try:
        body = form.read(RosterRequest, account_numbers=numbers)
        await add_to_roster(shift_id, body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, _once_a_field(refusal), "account_numbers")
        return await _refused(page, venue_id, shift_id, refused, _unknown(refusal, numbers))
    return page.go(_address(venue_id, shift_id), "roster-added")


@router.post(SHIFT + "/roster/{entry_id}/tick")
async def tick(
    page: VenuePage,
    venue_id: str,
    shift_id: str,
    entry_id: str,
    form: PostedForm,
) -> Response:
    """Check somebody in whom one sees."""
    try:
        await tick_roster(shift_id, entry_id, TickRequest(), page.actor, page.bank, Response())
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        return await _refused(page, venue_id, shift_id, page.refused(form, refusal))
    return page.go(f"{_address(venue_id, shift_id)}#{entry_id}", "ticked")


@router.post(SHIFT + "/devices")
async def add_device(
    page: VenuePage, venue_id: str, shift_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Get a pairing code for one more device, and show it this once."""
    try:
        body = form.read(DeviceRequest, kind=form.text("kind"), label=form.text("label"))
        offer = await offer_device(
            shift_id, body, page.actor, bank, form.attempt(page.request), Response()
        )
    except Refusal as refusal:
        return await _refused(page, venue_id, shift_id, page.refused(form, refusal, "label"))
    back = _address(venue_id, shift_id)
    address = f"{bank.settings.origin}/check-in"
    return page.show(
        "provider/pairing.html",
        offer=offer,
        label=body.label,
        back=back,
        address=address,
        picture=picture_of(address),
    )


@router.get(SHIFT + "/devices/{device_id}/removal")
def ask_removal(page: VenuePage, venue_id: str, shift_id: str, device_id: str) -> Response:
    """Ask whether a device is taken back, and say what that means."""
    devices = {one.id: one for one in _shift(page, venue_id, shift_id).devices}
    if device_id not in devices:
        raise Refusal("not-found")
    back, device = _address(venue_id, shift_id), devices[device_id]
    if device.revoked:
        return page.go(back)
    return page.show("provider/device_removal.html", device=device, back=back, form=page.form())


@router.post(SHIFT + "/devices/{device_id}/removal")
async def remove_device(
    page: VenuePage,
    venue_id: str,
    shift_id: str,
    device_id: str,
    form: PostedForm,
) -> Response:
    """Take a device back at once."""
    del form  # Asked for, so that no other site takes devices back.
    await revoke_device(device_id, page.actor, page.bank)
    return page.go(_address(venue_id, shift_id), "device-removed")


@router.post(SHIFT + "/end")
async def finish_shift(
    page: VenuePage, venue_id: str, shift_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End a shift now."""
    del form  # As above.
    await end_shift(shift_id, page.actor, bank)
    return page.go(f"{VENUES}/{venue_id}", "shift-ended")


def _address(venue_id: str, shift_id: str) -> str:
    return SHIFT.format(venue_id=venue_id, shift_id=shift_id)


def _unknown(refusal: Refusal, numbers: Sequence[str]) -> list[str]:
    """Give the numbers that a refusal names by their places."""
    problems = refusal.problems if isinstance(refusal, InvalidInput) else ()
    places = (one.field.partition(".")[2] for one in problems)
    return [numbers[int(place)] for place in places if place.isdecimal()]


def _once_a_field(refusal: Refusal) -> Refusal:
    """Say of a list once what is wrong with several of its places."""
    if not isinstance(refusal, InvalidInput):
        return refusal
    by_field = {one.field.partition(".")[0]: one for one in refusal.problems}
    return InvalidInput([replace(one, field=name) for name, one in by_field.items()])


async def _refused(
    page: Page, venue_id: str, shift_id: str, form: Form, unknown: Sequence[str] = ()
) -> Response:
    return await run_in_threadpool(
        _show, page, venue_id, shift_id, form, status=422, unknown=unknown
    )


def _show(page: Page, venue_id: str, shift_id: str, form: Form, **more: Any) -> Response:
    shown = {"status": 200, "unknown": (), **more, **_content(page, venue_id, shift_id)}
    return page.show("provider/shift.html", form=form, **shown)


def _content(page: Page, venue_id: str, shift_id: str) -> dict[str, Any]:
    bank = page.bank
    shift = _shift(page, venue_id, shift_id)
    return {
        "venue": read_venue(venue_id, bank),
        "shift": shift,
        "is_over": shift.ends_at <= bank.clock().astimezone(CIVIL_TIME).isoformat(),
        "roster": read_roster(shift_id, page.actor, bank).entries,
    }


def _shift(page: Page, venue_id: str, shift_id: str) -> ShiftView:
    shifts = list_shifts(venue_id, page.actor, page.bank).shifts
    found = [one for one in shifts if one.id == shift_id]
    if not found:
        raise Refusal("not-found")
    return found[0]
