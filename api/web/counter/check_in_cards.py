"""A printed card 打卡证 for who has no phone: made, printed and ended while she stands there."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import delegable_key, keys_as_one, served_key
from api.v1.check_in_cards import CardView, person_cards
from api.web.check_in.pictures import picture_of
from api.web.counter.person import ACCOUNT, required_visit
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.pages import CounterPage
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.delegations import DelegatedAct
from creditbank.venues.cards import CreateCard, EndCard

router = APIRouter(include_in_schema=False)

CARDS = f"{ACCOUNT}/check-in-cards"
CARD = f"{CARDS}/{{card_id}}"


@router.get(CARDS)
def show_cards(page: CounterPage, account_id: str) -> Response:
    """List the cards that check her in."""
    return _list(page, account_id, page.form())


@router.post(CARDS)
async def make_card(
    page: CounterPage, account_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Make a card for her, and lead on to its print."""
    command = CreateCard(key=await run_in_threadpool(_acting, page, account_id))
    try:
        attempt = form.attempt(page.request)
        made = await attempt.act(command, actor=page.actor, bank=bank, response=Response())
    except Refusal as refusal:
        return await run_in_threadpool(_list, page, account_id, page.refused(form, refusal), 422)
    return page.go(CARD.format(account_id=account_id, card_id=made.answer), "card-made")


@router.get(CARD)
def show_card(page: CounterPage, account_id: str, card_id: str) -> Response:
    """Show a card of hers, to be printed."""
    card = _card(page, account_id, card_id)
    return page.show(
        "counter/check_in_card.html",
        account_id=account_id,
        card=card,
        picture=picture_of(card.text),
    )


@router.get(f"{CARD}/end")
def ask_end(page: CounterPage, account_id: str, card_id: str) -> Response:
    """Say what it means that a card ends, before it does."""
    card = _card(page, account_id, card_id)
    if card.ended_at is not None:
        return page.go(CARDS.format(account_id=account_id))
    return page.show("counter/check_in_card_end.html", account_id=account_id, card=card)


@router.post(f"{CARD}/end")
async def end_card(
    page: CounterPage, account_id: str, card_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End a card that she lost; ending it again changes nothing."""
    del form  # Asked for, so that no other site ends one.
    key = await run_in_threadpool(_acting, page, account_id)
    keys = await run_in_threadpool(keys_as_one, key, bank)
    command = EndCard(card_id=card_id, account_ids=[one.account_id for one in keys])
    await run_in_threadpool(bank.writer.write, command)
    return page.go(CARDS.format(account_id=account_id), "card-ended")


def _acting(page: Page, account_id: str) -> AccountKey:
    """Record that something is done with her cards, and give her key."""
    required_visit(page, account_id)
    return delegable_key(account_id, page.actor, page.bank, DelegatedAct.CARDS)


def _cards(page: Page, account_id: str) -> list[CardView]:
    """Give all of her cards; raises `Refusal("not-found")`, "visit-not-begun"."""
    required_visit(page, account_id)
    return person_cards(served_key(account_id, page.actor, page.bank), page.bank)


def _card(page: Page, account_id: str, card_id: str) -> CardView:
    found = next((one for one in _cards(page, account_id) if one.id == card_id), None)
    if found is None:
        raise Refusal("card-unknown")
    return found


def _list(page: Page, account_id: str, form: Form, status: int = 200) -> Response:
    return page.show(
        "counter/check_in_cards.html",
        status=status,
        form=form,
        account_id=account_id,
        cards=[one for one in _cards(page, account_id) if one.ended_at is None],
    )
