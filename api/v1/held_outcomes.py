"""Held results 待核: listed with reason, owner and due date; a person attaches or refuses each."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, HeldDecider
from api.response import Response
from api.v1 import examples
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.accounts_named import named_account
from creditbank.outcomes.decide_hold import AttachHold, HoldRefusal
from creditbank.outcomes.held_keys import attachment, forget_row, refusal
from creditbank.outcomes.held_rows import PAGE_ROWS_MAX, StoredHold, get_hold, open_holds
from creditbank.outcomes.hold import HeldState

router = APIRouter(prefix="/api/v1/held-outcomes", tags=["held outcomes"])


class HeldOutcome(Response):
    """One held result with everything that was stated of it."""

    id: str
    owner: str = Field(description="The institution that has to decide.")
    reason: str
    due_on: str
    batch: str | None
    stated: dict[str, str]


class HeldPage(Response):
    """Held results, oldest first; `next` leads on where there are more."""

    held: list[HeldOutcome]
    next: str | None


class AttachmentRequest(Request):
    """Whose it is: the account number, or the opaque id of the account."""

    account: ShortText = Field(
        description="The number or the opaque id of the account whose it is."
    )


class AttachmentView(Response):
    """The recorded outcome with its receipt (C2SP tlog-proof)."""

    id: str
    entry: Entry
    receipt: str
    duplicate: bool = Field(description="The account had this result already.")


class HoldRefusalRequest(Request):
    """Why it is refused: a reason's code."""

    reason: ShortText = Field(examples=["not-identifiable"], description=one_of(HoldRefusal))


class HoldRefusalView(Response):
    """A refused held result; the row may be posted again."""

    id: str
    state: str


@router.get("")
def read_held(
    actor: HeldDecider,
    bank: CurrentBank,
    after: Annotated[str, Query(max_length=32, description="Held result to go on after.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX)] = PAGE_ROWS_MAX,
) -> HeldPage:
    """List what the institution and those below it still have to decide."""
    with bank.readers.reading() as connection:
        today = civil_day(bank.clock())
        stored = open_holds(connection, actor.institution, today, after=after, limit=limit + 1)
    page = stored[:limit]
    keys = bank.keystore.get({one.key_id for one in page})
    return HeldPage(
        held=[_view(one, keys[one.key_id]) for one in page if one.key_id in keys],
        next=page[-1].id if len(stored) > limit else None,
    )


@router.post("/{held_id}/attachment", status_code=201, responses={200: {"model": AttachmentView}})
async def attach_held(
    held_id: str,
    body: Annotated[AttachmentRequest, Body(openapi_examples=examples.ATTACHMENT)],
    actor: HeldDecider,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> AttachmentView:
    """Record a held result for an account: a person has made sure whose it is."""
    command = await run_in_threadpool(_attachment, held_id, body.account, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    await run_in_threadpool(forget_row, command.hold, bank.keystore)
    recorded = written.answer
    receipt = await run_in_threadpool(bank.receipt, recorded.entry_index)
    return AttachmentView(
        id=recorded.outcome_id,
        entry=Entry(index=receipt.index, leaf_hash=receipt.leaf_hash.hex()),
        receipt=receipt.text,
        duplicate=recorded.is_duplicate,
    )


@router.post("/{held_id}/refusal", status_code=201)
def refuse_held(
    held_id: str,
    body: Annotated[HoldRefusalRequest, Body(openapi_examples=examples.HOLD_REFUSAL)],
    actor: HeldDecider,
    bank: CurrentBank,
) -> HoldRefusalView:
    """Refuse a held result with a reason: it is attached to nobody."""
    person = actor.person
    hold = _found(held_id, actor, bank)
    bank.writer.write(refusal(hold, body.reason, by=person, keystore=bank.keystore))
    forget_row(hold, bank.keystore)
    return HoldRefusalView(id=held_id, state="refused")


def held_outcome(held_id: str, actor: Actor, bank: Bank) -> HeldOutcome:
    """Give one held result that still has to be decided; raises `Refusal("not-found")`."""
    hold = _found(held_id, actor, bank)
    key = bank.keystore.get([hold.key_id]).get(hold.key_id)
    if key is None or hold.state != HeldState.HELD:
        raise Refusal("not-found")
    return _view(hold, key)


def _attachment(held_id: str, account: str, actor: Actor, bank: Bank) -> AttachHold:
    person = actor.person
    hold = _found(held_id, actor, bank)
    key = named_account(account, bank.keystore, bank.readers)
    return attachment(hold, key, by=person, keystore=bank.keystore)


def _found(held_id: str, actor: Actor, bank: Bank) -> StoredHold:
    with bank.readers.reading() as connection:
        return get_hold(connection, held_id, actor.institution, civil_day(bank.clock()))


def _view(hold: StoredHold, key: AccountKey) -> HeldOutcome:
    return HeldOutcome(
        id=hold.id,
        owner=hold.institution_id,
        reason=hold.reason,
        due_on=hold.due_on,
        batch=hold.batch_id,
        stated=hold.fields(key),
    )
