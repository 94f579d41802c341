"""A learning pass: the citizen picks what to show, to whom and until when; she ends it at will."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank
from api.pass_links import pass_link, qr_text
from api.response import Response
from api.v1 import examples
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.fields import Instant, Request, ShortText
from api.v1.printed_names import printed_name
from certificates.keys import Purpose
from certificates.pass_text import to_text
from certificates.qr import png, svg
from certificates.token import typed_form
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.keystore.account_key import AccountKey
from creditbank.passes.choose import OPTIONAL_FIELDS
from creditbank.passes.create import CreatePass
from creditbank.passes.end import EndPass
from creditbank.passes.queries import looks_at
from creditbank.passes.show import HeldPass, get_pass, list_passes
from creditbank.verification.report import Verdict

router = APIRouter(prefix="/api/v1/passes", tags=["passes"])

PASS_OUTCOMES_MAX = 50


class PassRequest(Request):
    """What a pass shows. Title, provider, class and result always stand on it."""

    outcomes: list[ShortText] = Field(
        min_length=1, max_length=PASS_OUTCOMES_MAX, description="Ids of the outcomes that it shows."
    )
    expires_at: Instant = Field(
        examples=["2027-01-01T00:00:00+08:00"],
        description="When it ends: ISO 8601 with a zone, at most 180 days ahead.",
    )
    shown: list[ShortText] | None = Field(
        default=None,
        max_length=len(OPTIONAL_FIELDS),
        examples=[["awarded_on", "credits"]],
        description="Further fields to show, of each outcome that has them; all unless stated.",
    )
    show_name: bool = Field(default=False, description="Show the holder's name as printed.")
    purpose: ShortText | None = Field(
        default=None,
        examples=["求职"],
        description="What it is made for, as it stands on the pass.",
    )
    audience: ShortText | None = Field(
        default=None, description="For whom it is made, as it stands on the pass."
    )
    pin: Annotated[str, Field(max_length=8)] | None = Field(
        default=None,
        examples=["4826"],
        description="Four to eight digits to be typed by whoever opens the link; none unless set.",
    )


class PassView(Response):
    """A pass as its holder sees it."""

    id: str
    token: str
    code: str = Field(description="The token as it is typed, with a check symbol.")
    url: str
    offline_text: str = Field(description="The whole pass for verifying without a network.")
    entry_indexes: list[int] = Field(description="The ledger entries that it shows.")
    purpose: str | None
    audience: str | None
    issued_at: str
    expires_at: str
    ended_at: str | None
    views: int = Field(description="How often somebody looked at it.")


class LookView(Response):
    """One look at a pass; who looked is not known."""

    at: str
    verdict: Verdict


class PassViews(Response):
    """The looks at a pass, the newest first."""

    views: list[LookView]


class PassList(Response):
    """One's passes, newest first."""

    passes: list[PassView]


@router.post("", status_code=201, responses={200: {"model": PassView}})
async def create_pass(
    body: Annotated[PassRequest, Body(openapi_examples=examples.PASS)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> PassView:
    """Create a pass over outcomes of one's own account that stand today."""
    key, *merged = await run_in_threadpool(_keys, actor, bank)
    command = CreatePass(
        key=key,
        others={one.account_id: one for one in merged},
        outcome_ids=body.outcomes,
        expires_at=body.expires_at,
        issuer=bank.installation.issuer_did,
        signing_key=bank.ring.current(Purpose.PASS),
        shown=OPTIONAL_FIELDS if body.shown is None else body.shown,
        holder=await run_in_threadpool(printed_name, key, bank) if body.show_name else None,
        purpose=body.purpose,
        audience=body.audience,
        pin=body.pin,
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return _view(await run_in_threadpool(_held, written.answer, [key], bank), bank)


@router.get("")
def read_passes(actor: Citizen, bank: CurrentBank) -> PassList:
    """List one's own passes."""
    return PassList(passes=[_view(one, bank) for one in own_passes(actor, bank)])


@router.get("/{pass_id}")
def read_pass(pass_id: str, actor: Citizen, bank: CurrentBank) -> PassView:
    """Read one of one's own passes."""
    return _view(own_pass(pass_id, actor, bank), bank)


@router.get("/{pass_id}/views")
def read_views(
    pass_id: str,
    actor: Citizen,
    bank: CurrentBank,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PassViews:
    """Say when somebody looked at one of one's own passes, and what he was told."""
    own_pass(pass_id, actor, bank)
    with bank.readers.reading() as connection:
        found = looks_at(connection, pass_id, limit)
    return PassViews(
        views=[
            LookView(at=_civil(datetime.fromtimestamp(at, UTC)), verdict=Verdict(verdict))
            for at, verdict in found
        ]
    )


@router.delete("/{pass_id}", status_code=204)
async def end_pass(pass_id: str, actor: Citizen, bank: CurrentBank) -> None:
    """End a pass at once; ending it again changes nothing."""
    keys = await run_in_threadpool(_keys, actor, bank)
    command = EndPass(pass_id=pass_id, account_ids=[key.account_id for key in keys])
    await asyncio.wrap_future(bank.writer.submit(command))


@router.get("/{pass_id}/qr.{form}", response_class=HTTPResponse)
def read_qr(
    pass_id: str,
    form: Annotated[str, Path(pattern="^(png|svg)$")],
    actor: Citizen,
    bank: CurrentBank,
) -> HTTPResponse:
    """Draw the QR code of a pass's link, as PNG or SVG."""
    held = own_pass(pass_id, actor, bank)
    text = qr_text(pass_link(bank, held.token))
    headers = {"Cache-Control": "no-store"}
    if form == "png":
        return HTTPResponse(png(text), media_type="image/png", headers=headers)
    return HTTPResponse(svg(text), media_type="image/svg+xml", headers=headers)


def _keys(actor: Actor, bank: Bank) -> list[AccountKey]:
    """Give the key of the actor's account and those of the accounts merged into it."""
    return keys_as_one(account_key(actor.account, bank), bank)


def own_pass(pass_id: str, actor: Actor, bank: Bank) -> HeldPass:
    """Give one of the actor's passes; raises `Refusal("pass-unknown")` for any other."""
    return _held(pass_id, _keys(actor, bank), bank)


def own_passes(actor: Actor, bank: Bank) -> list[HeldPass]:
    """Give the actor's passes, newest first."""
    keys = _keys(actor, bank)
    with bank.readers.reading() as connection:
        return list_passes(connection, keys)


def _held(pass_id: str, keys: Sequence[AccountKey], bank: Bank) -> HeldPass:
    with bank.readers.reading() as connection:
        return get_pass(connection, keys, pass_id)


def _view(held: HeldPass, bank: Bank) -> PassView:
    claims = held.claims
    return PassView(
        id=held.pass_id,
        token=held.token,
        code=typed_form(held.token),
        url=pass_link(bank, held.token),
        offline_text=to_text(held.document),
        entry_indexes=[outcome.index for outcome in claims.outcomes],
        purpose=claims.purpose,
        audience=claims.audience,
        issued_at=_civil(claims.issued_at),
        expires_at=_civil(claims.expires_at),
        ended_at=None if held.ended_at is None else _civil(held.ended_at),
        views=held.views,
    )


def _civil(moment: datetime) -> str:
    return moment.astimezone(CIVIL_TIME).isoformat()
