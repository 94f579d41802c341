"""Check in at a venue 学习打卡: devices scan, learners show codes, scan screens, and look back."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import (
    Citizen,
    CodeShower,
    CurrentBank,
    LimitedGuesses,
    Public,
    VenueDevice,
)
from api.response import Response
from api.v1 import venue_examples
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.fields import Instant, Request, ShortText, Text
from certificates.qr import svg
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.learners.known_names import masked_names
from creditbank.venues.check_in import CheckedIn
from creditbank.venues.code_text import TEXT_LENGTH_MAX, CodeKind, code_text
from creditbank.venues.devices import PairDevice
from creditbank.venues.live_codes import LIFETIME_SECONDS, show_code
from creditbank.venues.scan import Found, Scan, find_scanned, find_screen, station_of
from creditbank.venues.show import ShownCheckIn, show_check_ins

router = APIRouter(prefix="/api/v1/check-ins", tags=["check-ins"])

NO_STORE = "no-store"


class PairingRequest(Request):
    """The code that staff show."""

    code: ShortText = Field(
        examples=["7KQM-3XPA-RT6W"],
        description="The pairing code; case, spaces and dashes do not matter.",
    )


class ScanRequest(Request):
    """What a device scanned: a learner's live code, or a printed card."""

    scan: Annotated[ShortText, Field(min_length=1, max_length=64)] = Field(
        examples=["7f1c0b52"],
        description="The device's own name for this scan; handed in again under it, it acts once.",
    )
    text: Annotated[Text, Field(max_length=TEXT_LENGTH_MAX)] = Field(
        description="The text of the code as it was scanned, or typed as K/… or C/…."
    )
    scanned_at: Instant | None = Field(
        default=None,
        examples=["2026-03-07T09:41:05+08:00"],
        description="When a card was scanned, ISO 8601 with a zone, if that was not now; 72 hours "
        "back at most. A live code is only good now.",
    )


class ScreenRequest(Request):
    """What a learner's phone scanned from the venue's screen."""

    text: Annotated[Text, Field(max_length=TEXT_LENGTH_MAX)] = Field(
        description="The text of the code as it was scanned, or typed as S/…."
    )


class PairedView(Response):
    """A device that works for its shift; the key is shown this once."""

    device: str
    key: str
    kind: str
    venue: str
    ends_at: str


class LiveCodeView(Response):
    """A code that holds for some seconds and is taken once; `svg` draws it as a QR code."""

    text: str
    svg: str
    lifetime_seconds: int


class ScannedView(Response):
    """What a volunteer sees: a masked name, and what became of the check-in."""

    name: str = Field(description="The first character of the name; empty where none is known.")
    state: str = Field(
        description="`counted`; `duplicate` of a visit that was counted; `waiting` for late ones."
    )


class CheckInView(Response):
    """A check-in as its learner sees it."""

    id: str
    venue: str
    name: str = Field(description="What the venue is called.")
    institution: str
    at: str
    method: str
    assurance: str = Field(description="How sure it is 核验等级: attended or declared.")
    state: str
    outcome: str | None = Field(description="The outcome that it brought about.")
    waits_until: str | None


class CheckInList(Response):
    """One's check-ins, newest first."""

    check_ins: list[CheckInView]


@router.post("/devices", status_code=201, dependencies=[Public, LimitedGuesses])
async def pair_device(
    body: Annotated[PairingRequest, Body(openapi_examples=venue_examples.PAIRING)],
    bank: CurrentBank,
    response: HTTPResponse,
) -> PairedView:
    """Pair this device with a shift by the code that staff show; it gets a key of its own."""
    paired = (await asyncio.wrap_future(bank.writer.submit(PairDevice(code=body.code)))).answer
    response.headers["Cache-Control"] = NO_STORE
    return PairedView(
        device=paired.device.id,
        key=paired.key,
        kind=paired.device.kind,
        venue=paired.venue.name,
        ends_at=_civil(datetime.fromtimestamp(paired.shift.ends_at, UTC)),
    )


@router.post("", status_code=201, responses={200: {"model": ScannedView}})
async def check_in(
    body: Annotated[ScanRequest, Body(openapi_examples=venue_examples.SCAN)],
    actor: VenueDevice,
    bank: CurrentBank,
    response: HTTPResponse,
) -> ScannedView:
    """Check in whom a paired device scanned. A duplicate is no error: 200, as is a repetition."""
    scan = Scan(id=body.scan, text=body.text, at=body.scanned_at)
    found = await run_in_threadpool(find_scanned, bank, actor.id, scan, bank.clock())
    return await _answer(found, bank, response)


@router.post("/screen-codes", status_code=201)
def show_screen_code(actor: VenueDevice, bank: CurrentBank, response: HTTPResponse) -> LiveCodeView:
    """Get a live code to show on a paired device's screen; each checks one learner in."""
    with bank.readers.reading() as connection:
        station = station_of(connection, actor.id)
    station.require_working(bank.clock())
    return _live_code(CodeKind.SCREEN, station.device.id, bank, response)


@router.post("/live-codes", status_code=201)
def show_live_code(actor: CodeShower, bank: CurrentBank, response: HTTPResponse) -> LiveCodeView:
    """Get a live code 动态码 of one's own to show at a venue: 30 seconds, once."""
    return _live_code(CodeKind.LIVE, account_key(actor.account, bank).account_id, bank, response)


@router.post("/screens", status_code=201, responses={200: {"model": ScannedView}})
async def scan_screen(
    body: Annotated[ScreenRequest, Body(openapi_examples=venue_examples.SCREEN)],
    actor: Citizen,
    bank: CurrentBank,
    response: HTTPResponse,
) -> ScannedView:
    """Check oneself in by the code on a venue's screen."""
    key = await run_in_threadpool(account_key, actor.account, bank)
    found = await run_in_threadpool(find_screen, bank, key, body.text, bank.clock())
    return await _answer(found, bank, response)


@router.get("")
def read_check_ins(actor: Citizen, bank: CurrentBank) -> CheckInList:
    """List one's own check-ins."""
    keys = keys_as_one(account_key(actor.account, bank), bank)
    with bank.readers.reading() as connection:
        shown = show_check_ins(connection, keys)
    return CheckInList(check_ins=[_view(one) for one in shown])


async def _answer(found: Found, bank: Bank, response: HTTPResponse) -> ScannedView:
    checked = found.earlier
    if found.command is not None:
        checked = (await asyncio.wrap_future(bank.writer.submit(found.command))).answer
    assert checked is not None  # noqa: S101 - a scan is new or was handed in before
    if checked.is_repetition or checked.state == "duplicate":
        response.status_code = 200
    return await run_in_threadpool(_scanned, found, checked, bank)


def _scanned(found: Found, checked: CheckedIn, bank: Bank) -> ScannedView:
    account_id = found.key.account_id
    with bank.readers.reading() as connection:
        names = masked_names(connection, {account_id: found.key})
    return ScannedView(name=names.get(account_id, ""), state=checked.state.value)


def _live_code(kind: CodeKind, stands_for: str, bank: Bank, response: HTTPResponse) -> LiveCodeView:
    code = show_code(bank.cache, kind, stands_for, bank.entropy)
    text = code_text(bank.settings.origin, kind, code)
    response.headers["Cache-Control"] = NO_STORE
    return LiveCodeView(text=text, svg=svg(text), lifetime_seconds=LIFETIME_SECONDS)


def _view(one: ShownCheckIn) -> CheckInView:
    return CheckInView(
        id=one.id,
        venue=one.venue.id,
        name=one.venue.name,
        institution=one.institution,
        at=_civil(one.at),
        method=one.method.value,
        assurance=one.assurance,
        state=one.state.value,
        outcome=one.outcome_id,
        waits_until=None if one.waits_until is None else _civil(one.waits_until),
    )


def _civil(moment: datetime) -> str:
    return moment.astimezone(CIVIL_TIME).isoformat()
