"""Conversions under review after a correction 转换复核: she answers, then a person decides."""

from datetime import date
from typing import Annotated, Literal

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
from api.v1.fields import Request, Text
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.credits.queries import StoredConversion, find_conversions
from creditbank.credits.review import AnswerReview, DecideReview
from creditbank.credits.reviews import (
    Review,
    find_reviews,
    reviews_of_accounts,
    undecided_reviews,
)
from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import find_notices

router = APIRouter(prefix="/api/v1", tags=["conversions"])

OWN = "/accounts/{account_id}/conversion-reviews"
REVIEWS = "/conversion-reviews"


class AnswerRequest(Request):
    """What the learner says to it."""

    text: Text = Field(min_length=1, max_length=2_000, description="Her words; sealed.")


class ReviewDecisionRequest(Request):
    """What becomes of the conversion, and why."""

    decision: Literal["taken_back", "decided_anew"] = Field(
        description="Taken back; or converted anew by what the corrected outcome gives."
    )
    text: Text = Field(min_length=1, max_length=500, description="Why; she is told.")


class ReviewView(Response):
    """A conversion under review, and what became of it."""

    conversion: str
    outcome: str = Field(description="The outcome that was corrected.")
    rule: str
    credits: str
    state: str
    due_on: str | None = Field(description="The last day for her answer.")
    answer: str | None
    replaced_by: str | None = Field(description="The conversion made in its place.")


class ReviewsView(Response):
    """Conversions under review."""

    reviews: list[ReviewView]


@router.get(OWN)
def list_own_reviews(account_id: str, actor: Citizen, bank: CurrentBank) -> ReviewsView:
    """List the reviews of one's own conversions."""
    keys = keys_by_account(own_key(account_id, actor, bank), bank)
    with bank.readers.reading() as connection:
        found = reviews_of_accounts(connection, list(keys))
    return ReviewsView(reviews=_views(found, keys, bank))


@router.post(f"{OWN}/{{conversion_id}}/answer", status_code=201)
async def answer_review(
    account_id: str,
    conversion_id: str,
    body: Annotated[AnswerRequest, Body(openapi_examples=examples.REVIEW_ANSWER)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> ReviewView:
    """Answer before a person decides; a later answer takes the place of an earlier one."""

    def command() -> AnswerReview:
        keys = keys_by_account(own_key(account_id, actor, bank), bank)
        return AnswerReview(
            conversion_id=conversion_id,
            key=_key_among(keys, conversion_id, bank),
            secrets=bank.keystore.secrets,
            on=civil_day(bank.clock()),
            text=body.text,
        )

    asked = await run_in_threadpool(command)
    await attempt.act(asked, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_view_of, conversion_id, asked.key, bank)


@router.get(REVIEWS)
def list_reviews(actor: MattersDecider, bank: CurrentBank) -> ReviewsView:
    """List what an institution and those below it have to decide, the earliest due first."""
    with bank.readers.reading() as connection:
        covered = load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
        found = undecided_reviews(connection, covered)
        conversions = find_conversions(connection, [one.conversion_id for one in found])
    keys = bank.keystore.get({one.account_id for one in conversions.values()})
    return ReviewsView(reviews=_views(found, keys, bank))


@router.post(f"{REVIEWS}/{{conversion_id}}/decision", status_code=201)
async def decide_review(
    conversion_id: str,
    body: Annotated[ReviewDecisionRequest, Body(openapi_examples=examples.REVIEW_DECISION)],
    actor: MattersDecider,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> ReviewView:
    """Decide a review after her answer, or after its last day; she is told."""
    command = await run_in_threadpool(review_command, conversion_id, body, actor, bank)
    await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_view_of, conversion_id, command.key, bank)


def covered_conversion(conversion_id: str, actor: Actor, bank: Bank) -> StoredConversion:
    """Give a conversion of the actor's subtree; any other is alike unknown."""
    with bank.readers.reading() as connection:
        conversion = find_conversions(connection, [conversion_id]).get(conversion_id)
        tree = load_tree(connection, civil_day(bank.clock()))
    if conversion is None or not tree.covers(actor.institution, conversion.institution_id):
        raise Refusal("not-found")
    return conversion


def review_command(
    conversion_id: str, body: ReviewDecisionRequest, actor: Actor, bank: Bank
) -> DecideReview:
    """Make the command of a person's decision; raises `Refusal("not-found")`."""
    conversion = covered_conversion(conversion_id, actor, bank)
    return DecideReview(
        conversion_id=conversion_id,
        key=account_key(conversion.account_id, bank),
        secrets=bank.keystore.secrets,
        on=civil_day(bank.clock()),
        by=actor,
        verdict=body.decision,
        text=body.text,
    )


def _key_among(keys: dict[str, AccountKey], conversion_id: str, bank: Bank) -> AccountKey:
    with bank.readers.reading() as connection:
        found = find_conversions(connection, [conversion_id]).get(conversion_id)
    if found is None or found.account_id not in keys:
        raise Refusal("not-found")
    return keys[found.account_id]


def _view_of(conversion_id: str, key: AccountKey, bank: Bank) -> ReviewView:
    with bank.readers.reading() as connection:
        found = find_reviews(connection, [conversion_id])
    return _views(list(found.values()), {key.account_id: key}, bank)[0]


def _views(reviews: list[Review], keys: dict[str, AccountKey], bank: Bank) -> list[ReviewView]:
    with bank.readers.reading() as connection:
        conversions = find_conversions(connection, [one.conversion_id for one in reviews])
        notices = find_notices(connection, [one.notice_id or "" for one in reviews])
    calendar = bank.working_days
    return [
        _view(one, conversions[one.conversion_id], key, last)
        for one in reviews
        if (key := keys.get(conversions[one.conversion_id].account_id)) is not None
        for last in [one.last_day(notices.get(one.notice_id or ""), calendar)]
    ]


def _view(
    review: Review, conversion: StoredConversion, key: AccountKey, last: date | None
) -> ReviewView:
    return ReviewView(
        conversion=conversion.id,
        outcome=review.outcome_id,
        rule=conversion.rule_id,
        credits=str(Credits(milli=conversion.credits)),
        state=review.state,
        due_on=None if last is None else last.isoformat(),
        answer=review.answer(key),
        replaced_by=review.replaced_by,
    )
