"""What befalls an outcome that stays: suspended and lifted 冻结, its validity extended 年审."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt, NamedAttempt
from api.dependencies import CurrentBank, OutcomesWriter
from api.response import Response
from api.v1 import examples
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText, Text
from api.v1.outcome_changes import REASON, own_outcome
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.credits.suspend import BefallOutcome
from creditbank.outcomes.befall import RecordEvent
from creditbank.outcomes.events import EventKind

router = APIRouter(prefix="/api/v1/outcomes/{outcome_id}", tags=["outcomes"])


class SuspensionRequest(Request):
    """Why it is put under review, or why the review is over."""

    reason: Text = REASON


class ExtensionRequest(Request):
    """The new last day of its validity, and why; the certificate keeps its number."""

    valid_until: ShortText = Field(description="The new last day, YYYY-MM-DD.")
    reason: Text = REASON


class EventAnswer(Response):
    """How the outcome stands now; entry and receipt are absent where it stood so already."""

    id: str
    status: str
    entry: Entry | None
    receipt: str | None


@router.post("/suspension", status_code=201, responses={200: {"model": EventAnswer}})
async def suspend_outcome(
    outcome_id: str,
    body: Annotated[SuspensionRequest, Body(openapi_examples=examples.SUSPENSION)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> EventAnswer:
    """Put an outcome under review: nothing new is made of it; its credit is frozen meanwhile."""
    asked = _Asked(outcome_id, actor, bank, attempt, response)
    return await asked.act(EventKind.SUSPENDED, body.reason)


@router.post("/suspension/end", status_code=201, responses={200: {"model": EventAnswer}})
async def lift_suspension(
    outcome_id: str,
    body: Annotated[SuspensionRequest, Body(openapi_examples=examples.SUSPENSION)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> EventAnswer:
    """End the review: the outcome stands again, and its credit counts as before."""
    asked = _Asked(outcome_id, actor, bank, attempt, response)
    return await asked.act(EventKind.LIFTED, body.reason)


@router.post("/extension", status_code=201, responses={200: {"model": EventAnswer}})
async def extend_outcome(
    outcome_id: str,
    body: Annotated[ExtensionRequest, Body(openapi_examples=examples.EXTENSION)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> EventAnswer:
    """Extend a certificate's validity 年审."""
    asked = _Asked(outcome_id, actor, bank, attempt, response)
    return await asked.act(EventKind.EXTENDED, body.reason, body.valid_until)


class _Asked:
    """One request about one outcome."""

    def __init__(
        self,
        outcome_id: str,
        actor: Actor,
        bank: Bank,
        attempt: NamedAttempt,
        response: HTTPResponse,
    ) -> None:
        self._outcome_id = outcome_id
        self._actor = actor
        self._bank = bank
        self._attempt = attempt
        self._response = response

    async def act(
        self, kind: EventKind, reason: str, valid_until: str | None = None
    ) -> EventAnswer:
        """Record the event and answer with its receipt."""
        bank, actor = self._bank, self._actor
        command = await run_in_threadpool(
            event_command, self._outcome_id, kind, reason, valid_until, actor, bank
        )
        response = self._response
        written = await self._attempt.act(command, actor=actor, bank=bank, response=response)
        stands = written.answer
        if stands.entry_index is None:
            response.status_code = 200
            return EventAnswer(id=stands.outcome_id, status=stands.status, entry=None, receipt=None)
        receipt = await run_in_threadpool(bank.receipt, stands.entry_index)
        return EventAnswer(
            id=stands.outcome_id,
            status=stands.status,
            entry=Entry.of(receipt),
            receipt=receipt.text,
        )


def event_command(
    outcome_id: str,
    kind: EventKind,
    reason: str,
    valid_until: str | None,
    actor: Actor,
    bank: Bank,
) -> BefallOutcome:
    """Make the command by which something befalls an outcome; raises "not-found"."""
    key, institution = own_outcome(outcome_id, actor, bank)
    return BefallOutcome(
        RecordEvent(
            institution_id=institution,
            posted_with=actor.id,
            outcome_id=outcome_id,
            key=key,
            kind=kind,
            reason=reason,
            valid_until=valid_until,
        )
    )
