"""Printed cards 打卡证 by which a learner without a phone checks in; a lost one is ended."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi import Response as HTTPResponse
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank
from api.response import Response
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from certificates.qr import png, svg
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.venues.cards import CreateCard, EndCard, card_code
from creditbank.venues.code_text import CodeKind, code_text
from creditbank.venues.queries import StoredCard, cards_of

router = APIRouter(prefix="/api/v1/check-in-cards", tags=["check-ins"])


class CardView(Response):
    """A printed card; `text` is what its QR code says."""

    id: str
    text: str
    made_at: str
    ended_at: str | None


class CardList(Response):
    """One's cards, newest first."""

    cards: list[CardView]


@router.post("", status_code=201, responses={200: {"model": CardView}})
async def create_card(
    actor: Citizen, bank: CurrentBank, attempt: CurrentAttempt, response: HTTPResponse
) -> CardView:
    """Make a card to be printed; it holds until it is ended."""
    key = await run_in_threadpool(account_key, actor.account, bank)
    command = CreateCard(key=key)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_read, written.answer, [key], bank)


@router.get("")
def read_cards(actor: Citizen, bank: CurrentBank) -> CardList:
    """List one's own cards."""
    return CardList(cards=person_cards(account_key(actor.account, bank), bank))


@router.delete("/{card_id}", status_code=204)
async def end_card(card_id: str, actor: Citizen, bank: CurrentBank) -> None:
    """End a card at once, as when it is lost; ending it again changes nothing."""
    keys = await run_in_threadpool(_keys, actor, bank)
    command = EndCard(card_id=card_id, account_ids=[key.account_id for key in keys])
    await asyncio.wrap_future(bank.writer.submit(command))


@router.get("/{card_id}/qr.{form}", response_class=HTTPResponse)
def read_card_qr(
    card_id: str,
    form: Annotated[str, Path(pattern="^(png|svg)$")],
    actor: Citizen,
    bank: CurrentBank,
) -> HTTPResponse:
    """Draw the QR code of a card, as PNG or SVG."""
    text = _read(card_id, _keys(actor, bank), bank).text
    headers = {"Cache-Control": "no-store"}
    if form == "png":
        return HTTPResponse(png(text), media_type="image/png", headers=headers)
    return HTTPResponse(svg(text), media_type="image/svg+xml", headers=headers)


def person_cards(key: AccountKey, bank: Bank) -> list[CardView]:
    """Show all cards of a person, newest first; `key` is that of any of her accounts."""
    return [card_view(card, one, bank) for card, one in _cards(keys_as_one(key, bank), bank)]


def card_view(card: StoredCard, key: AccountKey, bank: Bank) -> CardView:
    """Show a card."""
    return CardView(
        id=card.id,
        text=code_text(bank.settings.origin, CodeKind.CARD, card_code(card, key)),
        made_at=_civil(card.made_at),
        ended_at=None if card.ended_at is None else _civil(card.ended_at),
    )


def _keys(actor: Actor, bank: Bank) -> list[AccountKey]:
    return keys_as_one(account_key(actor.account, bank), bank)


def _cards(keys: list[AccountKey], bank: Bank) -> list[tuple[StoredCard, AccountKey]]:
    by_account = {key.account_id: key for key in keys}
    with bank.readers.reading() as connection:
        found = cards_of(connection, by_account)
    return [(one, by_account[one.account_id]) for one in found]


def _read(card_id: str, keys: list[AccountKey], bank: Bank) -> CardView:
    for card, key in _cards(keys, bank):
        if card.id == card_id:
            return card_view(card, key, bank)
    raise Refusal("card-unknown")


def _civil(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()
