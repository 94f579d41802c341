"""Correct and revoke outcomes: on purpose, with a reason, by the institution that posted them."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, CurrentWorker, HeldDecider, OutcomesWriter
from api.response import Response
from api.v1 import examples
from api.v1.account_keys import account_key
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText, Text
from api.v1.outcome_forms import ResultRequest
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.correct import CorrectOutcome
from creditbank.credits.reverse import (
    ReassignOutcome,
    RevokeOutcome,
    TakenBack,
)
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.accounts_named import named_account
from creditbank.outcomes.correct import Restatement
from creditbank.outcomes.move_evidence import sweep_moved, with_evidence
from creditbank.outcomes.posting import parse_posting
from creditbank.outcomes.queries import get_outcome
from creditbank.outcomes.reassign import Reassignment
from creditbank.outcomes.records import Posting
from creditbank.outcomes.revoke import Revocation, Revoked

router = APIRouter(prefix="/api/v1/outcomes/{outcome_id}", tags=["outcomes"])

REVERSED = Field(description="Ids of the conversions that this took back with the outcome.")
REASON = Field(min_length=1, max_length=500, description="Why; sealed, shown to the learner.")


class CorrectionRequest(ResultRequest):
    """The whole result as it should have been, and why it is corrected; the learner stays."""

    reason: Text = REASON


class CorrectionView(Response):
    """The outcome that now stands, with its receipt (C2SP tlog-proof)."""

    id: str
    supersedes: str
    under_review: list[str] = Field(
        description="Ids of the conversions that rest on it and are reviewed; their credit counts."
    )
    entry: Entry
    receipt: str


class RevocationRequest(Request):
    """`void` takes a clerk's error back, no fault of the holder's; `revoked` is for misconduct."""

    status: ShortText = Field(examples=["void"], description="`void` or `revoked`.")
    reason: Text = REASON


class ReassignmentRequest(Request):
    """Whose the outcome is: an account's number or opaque id; and why it is reassigned."""

    account: ShortText = Field(
        description="The number or the opaque id of the account whose it is."
    )
    reason: Text = REASON


class ReassignmentView(Response):
    """The outcome of the person whose it is, with its receipt; the other one is void."""

    id: str
    void: str = Field(description="Id of the outcome that was attached to the wrong person.")
    reversed: list[str] = REVERSED
    entry: Entry
    receipt: str


class RevocationView(Response):
    """The revoked outcome; entry and receipt are absent where it had this status already."""

    id: str
    status: str
    reversed: list[str] = REVERSED
    entry: Entry | None
    receipt: str | None


@router.post("/correction", status_code=201, responses={200: {"model": CorrectionView}})
async def correct_outcome(
    outcome_id: str,
    body: Annotated[CorrectionRequest, Body(openapi_examples=examples.CORRECTION)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    worker: CurrentWorker,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> CorrectionView:
    """Supersede an outcome by the same learner's result as it should have been.

    Credit recognised from it is reviewed: it stands where the corrected result gives the same, and
    else the learner may answer before anything is taken back.
    """
    command = await run_in_threadpool(correction_command, outcome_id, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    corrected = written.answer.change
    worker.wake()
    receipt = await run_in_threadpool(bank.receipt, corrected.entry_index)
    return CorrectionView(
        id=corrected.outcome_id,
        supersedes=corrected.supersedes,
        under_review=list(written.answer.under_review),
        entry=Entry.of(receipt),
        receipt=receipt.text,
    )


@router.post("/revocation", status_code=201, responses={200: {"model": RevocationView}})
async def revoke_outcome(
    outcome_id: str,
    body: Annotated[RevocationRequest, Body(openapi_examples=examples.REVOCATION)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> RevocationView:
    """Take an outcome back, and all credit recognised from it; both stay provable.

    Repeating changes nothing.
    """
    command = await run_in_threadpool(revocation_command, outcome_id, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(revocation_view, written.answer, bank, response)


def revocation_view(
    taken_back: TakenBack[Revoked], bank: Bank, response: HTTPResponse
) -> RevocationView:
    """Answer with the revocation's receipt, or with 200 where nothing changed."""
    revoked = taken_back.change
    receipt = None if revoked.entry_index is None else bank.receipt(revoked.entry_index)
    if receipt is None:
        response.status_code = 200
    return RevocationView(
        id=revoked.outcome_id,
        status=revoked.status,
        reversed=[] if receipt is None else list(taken_back.reversed),
        entry=None if receipt is None else Entry.of(receipt),
        receipt=None if receipt is None else receipt.text,
    )


@router.post("/reassignment", status_code=201, responses={200: {"model": ReassignmentView}})
async def reassign_outcome(
    outcome_id: str,
    body: Annotated[ReassignmentRequest, Body(openapi_examples=examples.REASSIGNMENT)],
    actor: HeldDecider,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> ReassignmentView:
    """Void an outcome at the wrong person and record it for the right one; both are told.

    Credit recognised from it is reversed.
    """
    command = await run_in_threadpool(_reassignment, outcome_id, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    change = written.answer.change
    await run_in_threadpool(sweep_moved, bank.readers, bank.evidence, change.outcome_id)
    receipt = await run_in_threadpool(bank.receipt, change.entry_index)
    return ReassignmentView(
        id=change.reassigned_to,
        void=change.outcome_id,
        reversed=list(written.answer.reversed),
        entry=Entry.of(receipt),
        receipt=receipt.text,
    )


def _reassignment(
    outcome_id: str, body: ReassignmentRequest, actor: Actor, bank: Bank
) -> ReassignOutcome:
    person = actor.person
    with bank.readers.reading() as connection:
        outcome = get_outcome(connection, outcome_id, actor.institution, civil_day(bank.clock()))
    asked = Reassignment(
        institution_id=outcome.institution_id,
        outcome=outcome,
        key=account_key(outcome.account_id, bank),
        to=named_account(body.account, bank.keystore, bank.readers),
        reason=body.reason,
        by=person,
    )
    return ReassignOutcome(with_evidence(asked, bank))


def correction_command(
    outcome_id: str, body: CorrectionRequest, actor: Actor, bank: Bank
) -> CorrectOutcome:
    """Make the command that supersedes an outcome; raises `InvalidInput`, "not-found"."""
    key, institution = own_outcome(outcome_id, actor, bank)
    fields = {**body.flat(), "account_number": key.number}
    posted = parse_posting(fields, today=civil_day(bank.clock()))
    return CorrectOutcome(
        Restatement(
            institution_id=institution,
            posted_with=actor.id,
            outcome_id=outcome_id,
            posting=Posting(posted=posted, key=key),
            reason=body.reason,
        )
    )


def revocation_command(
    outcome_id: str, body: RevocationRequest, actor: Actor, bank: Bank
) -> RevokeOutcome:
    """Make the command that takes an outcome back; raises "not-found"."""
    key, institution = own_outcome(outcome_id, actor, bank)
    return RevokeOutcome(
        Revocation(
            institution_id=institution,
            posted_with=actor.id,
            outcome_id=outcome_id,
            key=key,
            status=body.status,
            reason=body.reason,
        )
    )


def own_outcome(outcome_id: str, actor: Actor, bank: Bank) -> tuple[AccountKey, str]:
    """Give the key of an outcome's account and who posted it, of the actor's subtree.

    Raises `Refusal("not-found")`.
    """
    with bank.readers.reading() as connection:
        stored = get_outcome(connection, outcome_id, actor.institution, civil_day(bank.clock()))
    return account_key(stored.account_id, bank), stored.institution_id
