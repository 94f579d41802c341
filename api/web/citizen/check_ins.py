"""A learner checks in at venues: by a live code, a printed card or a screen; and her visits."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, throttle_client
from api.throttling import LIVE_CODES
from api.v1.check_in_cards import CardView, create_card, end_card, read_cards
from api.v1.check_ins import ScreenRequest, read_check_ins, scan_screen, show_live_code
from api.web.check_in.pictures import picture_of
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

HERE = "/me/check-in"
CARD = HERE + "/cards/{card_id}"
SCREEN_LENGTH_MAX = 64


@router.get(HERE)
def show_check_ins(page: CitizenPage) -> Response:
    """Show how she checks in, and where she was."""
    return _show(page, page.form())


@router.get(HERE + "/code")
def show_code(page: CitizenPage) -> Response:
    """Show a live code of hers."""
    return _code(page, "own/live_code.html")


@router.get(HERE + "/code/next")
def show_next_code(page: CitizenPage) -> Response:
    """Give the part of that page that changes."""
    return _code(page, "check_in/code_shown.html")


@router.get("/S/{code}")
def ask_screen(page: CitizenPage, code: str) -> Response:
    """Ask whether she is where the screen is that her phone's camera read."""
    return page.show("own/screen.html", form=page.form(text=f"S/{code}"[:SCREEN_LENGTH_MAX]))


@router.post(HERE)
async def check_in(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Check her in by the code on a venue's screen."""
    try:
        if form.text("text") is None:
            raise InvalidInput([FieldProblem(field="text", code="field-missing")])
        text = "".join(form.typed("text").split())  # What is shown in fours is typed so.
        body = form.read(ScreenRequest, text=text)
        scanned = await scan_screen(body, page.actor, bank, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_show, page, refused, 422)
    return page.go(HERE, f"check-in-{scanned.state}")


@router.post(HERE + "/cards")
async def make_card(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Make a card, to be printed."""
    try:
        made = await create_card(page.actor, bank, form.attempt(page.request), Response())
    except Refusal as refusal:
        return await run_in_threadpool(_show, page, page.refused(form, refusal), 422)
    return page.go(CARD.format(card_id=made.id))


@router.get(CARD)
def show_card(page: CitizenPage, card_id: str) -> Response:
    """Show a card, to be printed."""
    card = _card(page, card_id)
    return page.show("own/check_in_card.html", card=card, picture=picture_of(card.text))


@router.post(CARD + "/end")
async def give_up_card(
    page: CitizenPage, card_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End a card that she lost."""
    del form  # Asked for, so that no other site ends one.
    await end_card(card_id, page.actor, bank)
    return page.go(HERE, "card-ended")


def _code(page: Page, template: str) -> Response:
    throttle_client(page.request, page.bank, LIVE_CODES, page.actor.id)
    code = show_live_code(page.actor, page.bank, Response())
    return page.show(template, code=code, picture=picture_of(code.text))


def _card(page: Page, card_id: str) -> CardView:
    cards = read_cards(page.actor, page.bank).cards
    found = next((one for one in cards if one.id == card_id), None)
    if found is None:
        raise Refusal("card-unknown")
    return found


def _show(page: Page, form: Form, status: int = 200) -> Response:
    return page.show(
        "own/check_ins.html",
        status=status,
        form=form,
        cards=read_cards(page.actor, page.bank).cards,
        check_ins=read_check_ins(page.actor, page.bank).check_ins,
    )
