"""Uses outside the bank: a learner says that an outcome counted elsewhere; staff withdraw that."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank, MattersDecider
from api.response import Response
from api.v1 import examples
from api.v1.account_access import keys_by_account, own_key
from api.v1.account_keys import account_key
from api.v1.fields import Request, ShortText, Text
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.credits.outside_uses import find_outside_uses
from creditbank.credits.use_outside import UseOutside, WithdrawOutsideUse
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.queries import find_outcomes

router = APIRouter(prefix="/api/v1", tags=["conversions"])


class OutsideUseRequest(Request):
    """That an outcome was used outside the bank; no rule takes it here any more."""

    outcome: ShortText = Field(description="Id of the outcome.")
    where: Text = Field(
        min_length=1, max_length=500, description="Which bank or school counted it, in words."
    )


class WithdrawalRequest(Request):
    """That it was not used there after all."""

    text: Text = Field(min_length=1, max_length=500, description="Why, in words.")


class OutsideUseView(Response):
    """A statement of use, or its withdrawal."""

    id: str


@router.post(
    "/accounts/{account_id}/outside-uses",
    status_code=201,
    responses={200: {"model": OutsideUseView}},
)
async def use_outside(
    account_id: str,
    body: Annotated[OutsideUseRequest, Body(openapi_examples=examples.OUTSIDE_USE)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> OutsideUseView:
    """State that an outcome counted at another bank or school: it is used up here too."""

    def command() -> UseOutside:
        keys = keys_by_account(own_key(account_id, actor, bank), bank)
        return outside_use(body, keys, actor.id, bank)

    asked = await run_in_threadpool(command)
    written = await attempt.act(asked, actor=actor, bank=bank, response=response)
    return OutsideUseView(id=written.answer)


@router.post(
    "/outside-uses/{use_id}/withdrawal",
    status_code=201,
    responses={200: {"model": OutsideUseView}},
)
async def withdraw_outside_use(
    use_id: str,
    body: Annotated[WithdrawalRequest, Body(openapi_examples=examples.OUTSIDE_USE_WITHDRAWAL)],
    actor: MattersDecider,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> OutsideUseView:
    """Withdraw a statement of use: the outcome is free again."""
    command = await run_in_threadpool(withdrawal, use_id, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return OutsideUseView(id=written.answer)


def outside_use(
    body: OutsideUseRequest, keys: dict[str, AccountKey], by: str, bank: Bank
) -> UseOutside:
    """Make the command of a statement about an outcome of one of these accounts of a learner.

    Raises `Refusal("not-found")`.
    """
    with bank.readers.reading() as connection:
        outcome = find_outcomes(connection, [body.outcome]).get(body.outcome)
    key = None if outcome is None else keys.get(outcome.account_id)
    if key is None:
        raise Refusal("not-found")
    return UseOutside(
        key=key,
        secrets=bank.keystore.secrets,
        outcome_id=body.outcome,
        where=body.where,
        by=by,
        institution_id=bank.installation.institution_id,
    )


def withdrawal(
    use_id: str, body: WithdrawalRequest, actor: Actor, bank: Bank
) -> WithdrawOutsideUse:
    """Make the command of a withdrawal; raises `Refusal("not-found")`."""
    with bank.readers.reading() as connection:
        stored = find_outside_uses(connection, [use_id]).get(use_id)
    if stored is None:
        raise Refusal("not-found")
    return WithdrawOutsideUse(
        key=account_key(stored.account_id, bank),
        use_id=use_id,
        reason=body.text,
        by=actor.person,
        institution_id=actor.institution,
    )
