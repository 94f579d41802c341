"""Who may act for a learner, and what was done for her."""

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi import Request as HTTPRequest
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import AccountsServer, Citizen, CurrentBank, Delegable
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import delegable_key, own_key, served_key
from api.v1.account_keys import account_key
from api.v1.fields import Request, ShortText
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.delegate import EndDelegation, GiveDelegation
from creditbank.learners.delegations import (
    DelegatedAct,
    Delegation,
    DelegationKind,
    acts_for,
    delegations_held,
    load_delegations,
)
from creditbank.outcomes.dates import DateError, parse_day

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])

PAGE_ACTS_MAX = 200


class DelegationRequest(Request):
    """Who may act; a clerk's own visit names no `delegate` and ends with the day."""

    kind: ShortText = Field(
        examples=[one.value for one in DelegationKind],
        description="Who acts: guardian, helper, or counter for a clerk's own visit.",
    )
    delegate: ShortText | None = Field(default=None, description="Account number of who acts.")
    acts: list[ShortText] | None = Field(
        default=None,
        max_length=len(DelegatedAct),
        examples=[["read"]],
        description="What may be done; all that this kind may do unless stated.",
    )
    until: ShortText | None = Field(default=None, description="The last day.")


class DelegationGiven(Response):
    """The id of a delegation."""

    id: str


class DelegationView(Response):
    """One delegation; `delegate` is the id of the account or of the clerk's login that acts."""

    id: str
    account: str
    kind: str
    delegate: str
    acts: list[str]
    from_: str = Field(serialization_alias="from")
    until: str | None
    given_by: str
    ended_by: str | None
    ended_at: str | None
    stands: bool


class DelegationList(Response):
    """Who may act for this learner; and for whom she may act."""

    given: list[DelegationView]
    held: list[DelegationView]


class ActView(Response):
    """One thing that was done for the learner."""

    id: str
    delegation: str
    act: str
    acted_by: str
    acted_at: str


class ActsPage(Response):
    """What was done for a learner, oldest first; `next` leads on where there is more."""

    acts: list[ActView]
    next: str | None


@router.post("/delegations", status_code=201)
async def give_delegation(
    account_id: str,
    body: Annotated[DelegationRequest, Body(openapi_examples=account_examples.DELEGATION)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> DelegationGiven:
    """Let a helper with an account of his own act for one."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = await run_in_threadpool(delegation_command, body, key, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return DelegationGiven(id=written.answer)


@router.post("/counter-delegations", status_code=201)
async def give_delegation_at_counter(
    account_id: str,
    body: Annotated[DelegationRequest, Body(openapi_examples=account_examples.COUNTER_DELEGATION)],
    actor: AccountsServer,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> DelegationGiven:
    """Enter a guardian or helper whose papers were seen, or begin a visit at the counter."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    command = await run_in_threadpool(delegation_command, body, key, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return DelegationGiven(id=written.answer)


@router.get("/delegations")
def read_delegations(account_id: str, actor: Delegable, bank: CurrentBank) -> DelegationList:
    """List who may act for a learner, and for whom she may act."""
    key = delegable_key(account_id, actor, bank)
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        given = load_delegations(connection, [key.account_id])
        held = delegations_held(connection, key.account_id)
        holding = load_delegations(connection, {one.account_id for one in held})
    keys = bank.keystore.get({one.account_id for one in held})
    return DelegationList(
        given=[
            _view(one, stands=given.stands(one, key, today))
            for one in given.given.get(key.account_id, ())
        ],
        held=[
            _view(one, stands=holding.stands(one, keys[one.account_id], today))
            for one in held
            if one.account_id in keys
        ],
    )


@router.get("/acts")
def read_acts(
    account_id: str,
    actor: Delegable,
    bank: CurrentBank,
    request: HTTPRequest,
    response: HTTPResponse,
    after: Annotated[str, Query(max_length=32, description="Act to go on after.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_ACTS_MAX)] = PAGE_ACTS_MAX,
) -> ActsPage:
    """List what others did for a learner."""
    key = delegable_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        found = acts_for(connection, key.account_id, after=after, limit=limit + 1)
    page, following = found[:limit], None
    if len(found) > limit:
        following = f"{request.url.path}?after={page[-1].id}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    acts = [
        ActView(
            id=one.id,
            delegation=one.delegation_id,
            act=one.act,
            acted_by=one.acted_by,
            acted_at=_civil(one.acted_at),
        )
        for one in page
    ]
    return ActsPage(acts=acts, next=following)


@router.delete("/delegations/{delegation_id}", status_code=204)
async def end_delegation(
    account_id: str, delegation_id: str, actor: Citizen, bank: CurrentBank
) -> None:
    """End a delegation, as the learner or as the one who acts for her."""
    owner = actor.account if account_id == "me" else account_id
    key = await run_in_threadpool(account_key, owner, bank)
    await _end(key, delegation_id, actor, bank)


@router.delete("/counter-delegations/{delegation_id}", status_code=204)
async def end_delegation_at_counter(
    account_id: str, delegation_id: str, actor: AccountsServer, bank: CurrentBank
) -> None:
    """End a delegation for a learner whom one's institution serves."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    await _end(key, delegation_id, actor, bank)


async def _end(key: AccountKey, delegation_id: str, actor: Actor, bank: Bank) -> None:
    command = EndDelegation(key=key, delegation_id=delegation_id, by=actor)
    await asyncio.wrap_future(bank.writer.submit(command))


def delegation_command(
    body: DelegationRequest, key: AccountKey, actor: Actor, bank: Bank
) -> GiveDelegation:
    """Make the command of what was stated; raises `InvalidInput`."""
    return GiveDelegation(
        key=key,
        kind=body.kind,
        by=actor,
        delegate_account_id=_delegate(body.delegate, bank),
        acts=body.acts,
        until_day=_day(body.until),
    )


def _delegate(number: str | None, bank: Bank) -> str | None:
    if number is None:
        return None
    found = bank.keystore.find_by_number(number)
    if found is None:
        raise InvalidInput([FieldProblem(field="delegate", code="delegate-wrong")])
    return found.account_id


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else parse_day(text)
    except DateError as error:
        raise InvalidInput([FieldProblem(field="until", code=error.code)]) from None


def _view(one: Delegation, *, stands: bool) -> DelegationView:
    return DelegationView(
        id=one.id,
        account=one.account_id,
        kind=one.kind,
        delegate=one.delegate_account_id or one.delegate_login_id or "",
        acts=list(one.acts),
        from_=one.from_day,
        until=one.until_day,
        given_by=one.given_by,
        ended_by=one.ended_by,
        ended_at=None if one.ended_at is None else _civil(one.ended_at),
        stands=stands,
    )


def _civil(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()
