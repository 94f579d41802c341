"""A citizen's own matters: deposits 成果存储, certification, missing results, disputes 异议."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank
from api.response import Response
from api.v1 import matter_examples as examples
from api.v1.account_access import keys_by_account, own_key
from api.v1.fields import Amount, Request, ShortText, Text, one_of
from api.v1.matter_views import MattersView, MatterView, matter_views
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.matters.answer import PIECES_MAX, AnswerMatter
from creditbank.matters.file import FileMatter
from creditbank.matters.matter import MatterKind, StepKind
from creditbank.matters.queries import Matter, find_matters, matters_of_accounts
from creditbank.matters.take import Said, TakeStep
from creditbank.outcomes.deposit import (
    MISSING_RESULT_REQUIRED,
    read_deposit,
    read_request,
    require_text,
)
from creditbank.outcomes.dispute import DisputedField, DisputeOutcome, read_dispute
from creditbank.outcomes.queries import find_outcomes

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["matters"])


EvidenceIds = Annotated[
    list[ShortText],
    Field(max_length=PIECES_MAX, description="Ids of own evidence, handed in before."),
]


class DepositRequest(Request):
    """An outcome as she declares it, with at least one piece of her own evidence."""

    title: ShortText = Field(description="What was achieved, in words.")
    awarding_body: ShortText = Field(description="Who awarded it, in words.")
    awarded_on: ShortText = Field(description="When: YYYY-MM-DD, YYYY-MM or YYYY.")
    evidence: EvidenceIds
    result: ShortText | None = Field(default=None, description="The result as it was told.")
    class_hours: Amount | None = Field(
        default=None, description="Class hours 学时, a decimal number with at most three places."
    )
    certificate_series: ShortText | None = Field(
        default=None, description="The certificate's series as printed."
    )
    certificate_number: ShortText | None = Field(
        default=None, description="The certificate's number as printed."
    )
    text: Text | None = Field(default=None, description="Anything else, in words.")


class CertificationRequest(Request):
    """That an institution attest a deposit."""

    kind: Literal["certification"] = Field(description="That a deposit be attested.")
    institution: ShortText = Field(description="The id of the institution that is asked.")
    deposit: ShortText = Field(description="The id of the deposit.")
    text: Text | None = Field(default=None, description="Anything else, in words.")
    evidence: EvidenceIds = Field(default_factory=list)


class MissingResultRequest(Request):
    """That a provider post a result that is missing."""

    kind: Literal["missing_result"] = Field(description="That a missing result be posted.")
    institution: ShortText = Field(description="The id of the provider that is asked.")
    course: ShortText = Field(description="The course, by code or name.")
    term: ShortText = Field(description="The term or sitting.")
    text: Text = Field(description="What is missing, in words.")
    evidence: EvidenceIds = Field(default_factory=list)


class DisputeRequest(Request):
    """That the institution that posted an outcome correct it."""

    kind: Literal["dispute"] = Field(description="That an outcome be corrected.")
    outcome: ShortText = Field(description="The id of the outcome.")
    field: ShortText = Field(description=f"What of it is wrong. {one_of(DisputedField)}")
    should_be: Text | None = Field(
        default=None,
        max_length=500,
        description="What it should be; needed unless the outcome is somebody else's.",
    )
    text: Text | None = Field(
        default=None, max_length=2_000, description="Anything else, in words."
    )
    evidence: EvidenceIds = Field(default_factory=list)


class AnswerRequest(Request):
    """What was missing."""

    text: Text = Field(description="The answer to what the institution asked for.")
    evidence: EvidenceIds = Field(
        default_factory=list, description="Ids of own evidence that was missing, handed in before."
    )


class FiledView(Response):
    """A matter that was filed."""

    id: str


@router.post("/deposits", status_code=201, responses={200: {"model": FiledView}})
async def deposit_outcome(
    account_id: str,
    body: Annotated[DepositRequest, Body(openapi_examples=examples.DEPOSIT)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> FiledView:
    """Keep an outcome as declared by oneself; it is shown at once and counts nowhere."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = FileMatter(
        key=key,
        by=actor.id,
        kind=MatterKind.DEPOSIT,
        content=read_deposit(body.model_dump(exclude={"evidence"}), today=civil_day(bank.clock())),
        evidence=body.evidence,
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return FiledView(id=written.answer)


@router.post("/matters", status_code=201, responses={200: {"model": FiledView}})
async def file_matter(
    account_id: str,
    body: Annotated[
        CertificationRequest | MissingResultRequest | DisputeRequest,
        Body(openapi_examples=examples.MATTER),
    ],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> FiledView:
    """Ask an institution to attest a deposit, to post a missing result, or to correct an outcome.

    What is disputed lies with the institution that posted it.
    """
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    if isinstance(body, DisputeRequest):
        disputing = await run_in_threadpool(dispute_command, body, key, actor.id, bank)
        filed = await attempt.act(disputing, actor=actor, bank=bank, response=response)
        return FiledView(id=filed.answer)
    asked = body.model_dump(exclude={"kind", "institution", "deposit", "evidence"})
    is_missing = isinstance(body, MissingResultRequest)
    command = FileMatter(
        key=key,
        by=actor.id,
        kind=MatterKind(body.kind),
        content=read_request(asked, MISSING_RESULT_REQUIRED if is_missing else ()),
        evidence=body.evidence,
        institution_id=body.institution,
        about_id=body.deposit if isinstance(body, CertificationRequest) else None,
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return FiledView(id=written.answer)


def dispute_command(
    body: DisputeRequest, own: AccountKey, by: str, bank: Bank, received_on: date | None = None
) -> DisputeOutcome:
    """Make the command of a dispute; raises `InvalidInput`."""
    keys = keys_by_account(own, bank)
    with bank.readers.reading() as connection:
        stored = find_outcomes(connection, [body.outcome]).get(body.outcome)
    if stored is None or stored.account_id not in keys:
        raise InvalidInput([FieldProblem(field="outcome", code="outcome-unknown")])
    statement = open_statement(
        keys[stored.account_id], "outcome", stored.id, stored.sealed_statement
    )
    said = body.model_dump(include={"field", "should_be", "text"})
    return DisputeOutcome(
        outcome_id=stored.id,
        key=own,
        keys=keys,
        by=by,
        content=read_dispute(said, fields_of(statement)),
        evidence=body.evidence,
        received_on=received_on,
    )


@router.get("/matters")
def list_matters(account_id: str, actor: Citizen, bank: CurrentBank) -> MattersView:
    """List one's own matters and deposits, newest first."""
    keys = keys_by_account(own_key(account_id, actor, bank), bank)
    return MattersView(matters=own_matters(keys, bank))


def own_matters(keys: Mapping[str, AccountKey], bank: Bank) -> list[MatterView]:
    """Give the matters and deposits of one person's accounts, newest first."""
    with bank.readers.reading() as connection:
        matters = matters_of_accounts(connection, keys)
    return matter_views(matters, keys, bank)


@router.post("/matters/{matter_id}/answer", status_code=201)
async def answer_matter(
    account_id: str,
    matter_id: str,
    body: Annotated[AnswerRequest, Body(openapi_examples=examples.MATTER_ANSWER)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> MatterView:
    """Answer what was returned for completion 补正; the clock runs on."""
    own = await run_in_threadpool(own_key, account_id, actor, bank)
    command = await run_in_threadpool(answer_command, matter_id, body, own, actor.id, bank)
    await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_read, matter_id, actor, bank)


@router.post("/matters/{matter_id}/withdrawal", status_code=201)
async def withdraw_matter(
    account_id: str,
    matter_id: str,
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> MatterView:
    """Withdraw what one asked for oneself, while nobody has decided; it may be asked anew."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = TakeStep(
        matter_id=matter_id,
        key=(await run_in_threadpool(_find, matter_id, key, bank))[1],
        step=StepKind.WITHDRAWN,
        said=Said(actor.id, ""),
        institution_id=None,
    )
    await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_read, matter_id, actor, bank)


def answer_command(
    matter_id: str,
    body: AnswerRequest,
    own: AccountKey,
    by: str,
    bank: Bank,
    received_on: date | None = None,
) -> AnswerMatter:
    """Make the command of an answer; raises `InvalidInput`, `Refusal("not-found")`."""
    require_text(body.text)
    return AnswerMatter(
        matter_id=matter_id,
        key=_find(matter_id, own, bank)[1],
        said=Said(by, body.text),
        evidence=body.evidence,
        accounts=frozenset(keys_by_account(own, bank)),
        received_on=received_on,
    )


def _find(matter_id: str, own: AccountKey, bank: Bank) -> tuple[Matter, AccountKey]:
    """Give a matter of any account of a person, and the key of the one that it was filed in."""
    keys = keys_by_account(own, bank)
    with bank.readers.reading() as connection:
        matter = find_matters(connection, [matter_id]).get(matter_id)
    if matter is None or matter.account_id not in keys:
        raise Refusal("not-found")
    return matter, keys[matter.account_id]


def _read(matter_id: str, actor: Actor, bank: Bank) -> MatterView:
    matter, key = _find(matter_id, own_key("me", actor, bank), bank)
    return matter_views([matter], {key.account_id: key}, bank)[0]
