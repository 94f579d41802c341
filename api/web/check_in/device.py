"""A volunteer's phone at a venue: paired by a code, it scans who comes, or shows a code."""

from datetime import datetime

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, Public, counting_guesses
from api.v1.check_ins import (
    PairingRequest,
    ScannedView,
    ScanRequest,
    check_in,
    pair_device,
    show_screen_code,
)
from api.web.check_in.paired import PairedDevice, paired_device
from api.web.check_in.pictures import picture_of
from api.web.content_policy import allow
from api.web.cookies import DEVICE
from api.web.forms import Form, PostedForm, renamed
from api.web.page import CurrentPage, Page
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])

SHOWN_MAX = 64
PAIR, SCAN, SCREEN = "/check-in", "/check-in/scan", "/check-in/screen"


@router.get(PAIR)
def ask_pairing(page: CurrentPage) -> Response:
    """Ask for the pairing code that staff show."""
    return _pairing(page, page.form())


@router.post(PAIR)
async def pair(page: CurrentPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Make this browser a device of the shift, until it ends."""
    try:
        if form.text("code") is None:
            raise InvalidInput([FieldProblem(field="code", code="field-missing")])
        body = form.read(PairingRequest, code=form.text("code"))
        with counting_guesses(page.request, bank):
            paired = await pair_device(body, bank, Response())
    except Refusal as refusal:
        return await run_in_threadpool(_pairing, page, page.refused(form, refusal, "code"), 422)
    response = page.go(SCAN, "device-paired")
    left = datetime.fromisoformat(paired.ends_at) - bank.clock()
    page.cookies.keep(response, DEVICE, paired.key, max(1, int(left.total_seconds())))
    return response


@router.post("/check-in/leave")
def leave(page: CurrentPage, form: PostedForm) -> Response:
    """Let this browser be a device no longer."""
    del form  # Asked for, so that no other site does it.
    response = page.go(PAIR, "device-left")
    page.cookies.drop(response, DEVICE)
    return response


@router.get(SCAN)
def scan(page: CurrentPage) -> Response:
    """Show the camera's picture, and a field for what is typed."""
    device = paired_device(page)
    if device is None:
        return page.go(PAIR)
    shown = page.show("check_in/scan.html", device=device, form=page.form())
    return allow(shown, "script-src", "'wasm-unsafe-eval'")


@router.post(SCAN)
async def take(page: CurrentPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Check somebody in, and say so; the same scan sent again is answered as before."""
    device = await run_in_threadpool(paired_device, page)
    if device is None:
        return page.go(PAIR)
    try:
        if form.text("code") is None:
            raise InvalidInput([FieldProblem(field="code", code="field-missing")])
        text = "".join(form.typed("code").split())  # What is printed in fours is typed so.
        body = form.read(ScanRequest, scan=form.text("attempt"), text=text)
        scanned = await check_in(body, device.actor, bank, Response())
    except Refusal as refusal:
        named = renamed(refusal, {"text": "code"})
        refused = page.refused(form, named, "code")  # A scan is named by its text, too.
        return await run_in_threadpool(_told, page, device, refused, None)
    return await run_in_threadpool(_told, page, device, page.form(), scanned)


@router.get("/K/{code}")
@router.get("/C/{code}")
def ask_scanned(page: CurrentPage, code: str) -> Response:
    """Ask whether to check in whose code the phone's own camera read; others learn what it is."""
    form = page.form(code=f"{page.request.url.path[1]}/{code}"[:SHOWN_MAX])
    return page.show("check_in/code.html", device=paired_device(page), form=form)


@router.get(SCREEN)
def show_screen(page: CurrentPage, bank: CurrentBank) -> Response:
    """Show a code that one learner scans with her own phone."""
    return _screen(page, bank, "check_in/screen.html")


@router.get(f"{SCREEN}/code")
def show_next_code(page: CurrentPage, bank: CurrentBank) -> Response:
    """Give the part of that page that changes."""
    return _screen(page, bank, "check_in/code_shown.html")


def _screen(page: Page, bank: CurrentBank, template: str) -> Response:
    device = paired_device(page)
    if device is None:
        return page.go(PAIR)
    code = show_screen_code(device.actor, bank, Response())
    return page.show(template, device=device, code=code, picture=picture_of(code.text))


def _pairing(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("check_in/pair.html", status=status, form=form, device=paired_device(page))


def _told(page: Page, device: PairedDevice, form: Form, scanned: ScannedView | None) -> Response:
    status = 200 if scanned is not None else 422
    return page.show(
        "check_in/result.html", status=status, device=device, form=form, scanned=scanned
    )
