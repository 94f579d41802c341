"""Recognised credit that is not applied yet: what of it fits now is offered, never imposed."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.decision_view import trace_view
from api.dependencies import Citizen, CurrentBank, CurrentProblems, Language
from api.problems import Problems
from api.response import Response
from api.v1 import application_examples as examples
from api.v1.account_access import keys_as_one, own_key
from api.v1.application_views import PlaceView
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText
from creditbank.access.actor import Actor
from creditbank.applications.queries import find_applications
from creditbank.applications.show import OpenedApplication, open_application
from creditbank.bank import Bank
from creditbank.catalogue.enrolled_plans import find_enrolled_plans
from creditbank.conversion.plan import total_of
from creditbank.credits.accept import AcceptOffer
from creditbank.credits.offers import Offer, offers_to
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey

router = APIRouter(prefix="/api/v1", tags=["applications"])


class OfferView(Response):
    """A conversion of which credit is not applied: what is left, what of it fits now, and why."""

    conversion: str
    rule: str
    rule_version: str
    left: list[PlaceView]
    left_credits: str
    fits: list[PlaceView]
    fits_credits: str
    codes: list[str] = Field(description="The code of each test that failed.")
    trace: list[dict[str, Any]]


class OfferList(Response):
    """What is left to apply in an enrolment, in the order in which it was recognised."""

    offers: list[OfferView]


class AcceptRequest(Request):
    """An offer that is accepted: credit of a conversion is applied to its enrolment."""

    conversion: ShortText = Field(description="Id of one's own conversion.")
    enrolment: ShortText = Field(description="Id of the enrolment that it was for.")


class AcceptedView(Response):
    """What was applied, with its receipt."""

    id: str
    credits: str
    places: list[PlaceView]
    codes: list[str] = Field(description="The code of each test that failed.")
    trace: list[dict[str, Any]]
    entry: Entry
    receipt: str


@router.get("/accounts/{account_id}/offers")
def list_offers(
    account_id: str,
    actor: Citizen,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
    enrolment: Annotated[str, Query(max_length=64, description="Id of one's own enrolment.")],
) -> OfferList:
    """List what is recognised for an enrolment and not applied to it, with the arithmetic why."""
    key = enrolled_key(enrolment, own_key(account_id, actor, bank), bank)
    with bank.readers.reading() as connection:
        offers = offers_to(connection, key, enrolment)
    return OfferList(offers=[_offer(one, problems, language) for one in offers])


@router.post("/applications", status_code=201, responses={200: {"model": AcceptedView}})
async def accept_offer(
    body: Annotated[AcceptRequest, Body(openapi_examples=examples.ACCEPTANCE)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    problems: CurrentProblems,
    language: Language,
    response: HTTPResponse,
) -> AcceptedView:
    """Have what fits of a conversion's credit applied now; nothing is ever applied by itself."""
    command = await run_in_threadpool(_accepting, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    opened = await run_in_threadpool(_opened, written.answer, command.key, bank)
    receipt = await run_in_threadpool(bank.receipt, opened.stored.entry_index)
    return AcceptedView(
        id=opened.stored.id,
        credits=str(opened.result.credits),
        places=[PlaceView.of(one) for one in opened.result.applied],
        codes=list(opened.result.codes),
        trace=trace_view(opened.result.trace, problems, language),
        entry=Entry.of(receipt),
        receipt=receipt.text,
    )


def enrolled_key(enrolment_id: str, key: AccountKey, bank: Bank) -> AccountKey:
    """Give the key of an enrolment of a person, in whichever of her merged accounts it lies."""
    keys = keys_as_one(key, bank)
    with bank.readers.reading() as connection:
        enrolled = find_enrolled_plans(connection, [enrolment_id]).get(enrolment_id)
    held_by = "" if enrolled is None else enrolled.account_id
    found = next((one for one in keys if one.account_id == held_by), None)
    if found is None:
        raise Refusal("enrolment-unknown")
    return found


def _accepting(body: AcceptRequest, actor: Actor, bank: Bank) -> AcceptOffer:
    own = own_key("me", actor, bank)
    return AcceptOffer(
        key=enrolled_key(body.enrolment, own, bank),
        holder_id=own.account_id,
        conversion_id=body.conversion,
        enrolment_id=body.enrolment,
        by=actor.id,
    )


def _offer(one: Offer, problems: Problems, language: str) -> OfferView:
    wanted = [each.credit for each in one.inputs.wanted]
    return OfferView(
        conversion=one.conversion.id,
        rule=one.conversion.rule_id,
        rule_version=one.conversion.rule_version,
        left=[PlaceView.of(each) for each in wanted],
        left_credits=str(total_of(wanted)),
        fits=[PlaceView.of(each) for each in one.fits.applied],
        fits_credits=str(one.fits.credits),
        codes=list(one.fits.codes),
        trace=trace_view(one.fits.trace, problems, language),
    )


def _opened(application_id: str, key: AccountKey, bank: Bank) -> OpenedApplication:
    with bank.readers.reading() as connection:
        stored = find_applications(connection, [application_id])[application_id]
    return open_application(stored, key)
