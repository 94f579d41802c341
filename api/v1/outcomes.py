"""Post a learning outcome and get its receipt; read one's own outcomes and receipts."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1 import examples
from api.v1.account_keys import account_key
from api.v1.entries import Entry
from api.v1.outcome_forms import OutcomeRequest
from api.v1.standing_views import OutcomeView
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.outcomes.catalogue_view import catalogued
from creditbank.outcomes.hold import Held
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.queries import get_outcome
from creditbank.outcomes.record import RecordOutcome
from creditbank.outcomes.standing import standings_of

router = APIRouter(prefix="/api/v1", tags=["outcomes"])

TLOG_PROOF = "text/plain; charset=utf-8"


class PostedOutcomeView(Response):
    """A durable outcome with its receipt (C2SP tlog-proof)."""

    id: str
    entry: Entry
    receipt: str
    duplicate: bool = Field(description="It was recorded before with the same content.")


class HeldView(Response):
    """A result that is held 待核: durable, and attached to nobody until a person decides."""

    held: str = Field(description="Its id in the list of held results.")
    reason: str = Field(description="name-alone, name-differs or name-unknown.")
    due_on: str = Field(description="By when it is decided; empty for one that was held before.")
    duplicate: bool = Field(description="It was held before with the same content.")


@router.post(
    "/outcomes",
    status_code=201,
    responses={200: {"model": PostedOutcomeView}, 202: {"model": HeldView}},
)
async def post_outcome(
    body: Annotated[OutcomeRequest, Body(openapi_examples=examples.OUTCOME)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> PostedOutcomeView | HeldView:
    """Record one result. The same result again answers 200 with the first entry.

    Where only a name is stated, or another name than the number is known by, it is held: 202.
    """
    command = await run_in_threadpool(posting_command, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    recorded = written.answer
    if isinstance(recorded, Held):
        response.status_code = 202
        return HeldView(
            held=recorded.held_id,
            reason=recorded.reason,
            due_on=recorded.due_on,
            duplicate=recorded.is_duplicate,
        )
    if recorded.is_duplicate:
        response.status_code = 200
        receipt = await run_in_threadpool(bank.receipt, recorded.entry_index)
    else:
        receipt = written.receipts[len(written.receipts) - 1]
    return PostedOutcomeView(
        id=recorded.outcome_id,
        entry=Entry.of(receipt),
        receipt=receipt.text,
        duplicate=recorded.is_duplicate,
    )


@router.get("/outcomes/{outcome_id}")
def read_outcome(outcome_id: str, actor: OutcomesReader, bank: CurrentBank) -> OutcomeView:
    """Read an outcome that this institution posted."""
    with bank.readers.reading() as connection:
        today = civil_day(bank.clock())
        stored = get_outcome(connection, outcome_id, actor.institution, today)
        key = account_key(stored.account_id, bank)
        (standing,) = standings_of(connection, {key.account_id: key}, [stored])
        catalogue = catalogued(connection, [stored])
    return OutcomeView.of(standing, catalogue, today)


@router.get("/outcomes/{outcome_id}/receipt", response_class=HTTPResponse)
def read_receipt(outcome_id: str, actor: OutcomesReader, bank: CurrentBank) -> HTTPResponse:
    """Prove an outcome of this institution to the newest checkpoint (C2SP tlog-proof)."""
    with bank.readers.reading() as connection:
        stored = get_outcome(connection, outcome_id, actor.institution, civil_day(bank.clock()))
    return HTTPResponse(bank.receipt(stored.entry_index).text, media_type=TLOG_PROOF)


def posting_command(body: OutcomeRequest, actor: Actor, bank: Bank) -> RecordOutcome:
    """Make the command that records a result; raises `InvalidInput`."""
    prepared = prepare_posting(
        body.flat(),
        institution_id=actor.institution,
        readers=bank.readers,
        keystore=bank.keystore,
        now=bank.clock(),
    )
    return RecordOutcome(
        institution_id=actor.institution,
        posted_with=actor.id,
        posting=prepared.posting,
        hold_key=prepared.hold_key,
    )
