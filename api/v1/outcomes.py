"""Post a learning outcome and get its receipt; read one's own outcomes and receipts."""

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi import Response as HTTPResponse
from pydantic import BeforeValidator, Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, OutcomesReader, OutcomesWriter
from api.v1.fields import Amount, Request, Response, ShortText
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.queries import get_outcome
from creditbank.outcomes.record import RecordOutcome

router = APIRouter(tags=["outcomes"])

TLOG_PROOF = "text/plain; charset=utf-8"


class LearnerRequest(Request):
    """Who learned: the provider's own learner number, or the account number; a name if known."""

    learner_number: ShortText | None = None
    account_number: ShortText | None = None
    name: ShortText | None = None


def _named_by_number(value: object) -> object:
    return {"learner_number": value} if isinstance(value, str) else value


class CertificateRequest(Request):
    """A certificate that the outcome is, by series and number as printed."""

    series: ShortText
    number: ShortText
    level: ShortText | None = None


class OutcomeRequest(Request):
    """One result. Amounts are decimal strings; at least one amount or a certificate is stated."""

    learner: Annotated[LearnerRequest, BeforeValidator(_named_by_number)] = Field(
        examples=["20230001"],
        description="The provider's own learner number, or an object naming the learner.",
    )
    course: ShortText = Field(examples=["BBB"])
    course_version: ShortText | None = None
    term: ShortText = Field(examples=["2024春"])
    attempt: int = 1
    attempt_kind: ShortText | None = None
    result: ShortText = Field(examples=["合格"])
    grade: ShortText | None = Field(default=None, examples=["86.5"])
    grade_scale: ShortText | None = Field(default=None, examples=["percent"])
    credits: Amount | None = None
    class_hours: Amount | None = None
    hours: Amount | None = None
    awarded_on: ShortText = Field(examples=["2024-06-30"])
    certificate: CertificateRequest | None = None

    def flat(self) -> dict[str, str | None]:
        """Give the posting's own flat fields, as a row of a file would."""
        certificate = self.certificate
        return {
            "learner": self.learner.learner_number,
            "account_number": self.learner.account_number,
            "learner_name": self.learner.name,
            "course": self.course,
            "course_version": self.course_version,
            "term": self.term,
            "attempt": str(self.attempt),
            "attempt_kind": self.attempt_kind,
            "result": self.result,
            "grade": self.grade,
            "grade_scale": self.grade_scale,
            "credits": self.credits,
            "class_hours": self.class_hours,
            "hours": self.hours,
            "awarded_on": self.awarded_on,
            "certificate_series": None if certificate is None else certificate.series,
            "certificate_number": None if certificate is None else certificate.number,
            "certificate_level": None if certificate is None else certificate.level,
        }


class Entry(Response):
    """A place on the ledger."""

    index: int
    leaf_hash: str = Field(description="SHA-256 of the leaf (RFC 6962), hexadecimal.")


class PostedOutcomeView(Response):
    """A durable outcome with its receipt (C2SP tlog-proof)."""

    id: str
    entry: Entry
    receipt: str
    duplicate: bool = Field(description="It was recorded before with the same content.")


class OutcomeView(Response):
    """An outcome as its provider sees it."""

    id: str
    status: str
    entry_index: int
    stated: dict[str, str | int]


@router.post("/outcomes", status_code=201, responses={200: {"model": PostedOutcomeView}})
async def post_outcome(
    body: OutcomeRequest, actor: OutcomesWriter, bank: CurrentBank, response: HTTPResponse
) -> PostedOutcomeView:
    """Record one result. The same result again answers 200 with the first entry."""
    command = await run_in_threadpool(_command, body, actor, bank)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    recorded = written.answer
    if recorded.is_duplicate:
        response.status_code = 200
        receipt = await run_in_threadpool(bank.receipt, recorded.entry_index)
    else:
        receipt = written.receipts[len(written.receipts) - 1]
    return PostedOutcomeView(
        id=recorded.outcome_id,
        entry=Entry(index=receipt.index, leaf_hash=receipt.leaf_hash.hex()),
        receipt=receipt.text,
        duplicate=recorded.is_duplicate,
    )


@router.get("/outcomes/{outcome_id}")
def read_outcome(outcome_id: str, actor: OutcomesReader, bank: CurrentBank) -> OutcomeView:
    """Read an outcome that this institution posted."""
    with bank.readers.reading() as connection:
        stored = get_outcome(connection, outcome_id, actor.institution)
    key = bank.keystore.get([stored.account_id]).get(stored.account_id)
    if key is None:
        raise Refusal("not-found")
    statement = open_statement(key, "outcome", stored.id, stored.sealed_statement)
    stated = {
        name: value for name, value in fields_of(statement).items() if isinstance(value, str | int)
    }
    return OutcomeView(
        id=stored.id, status=stored.status, entry_index=stored.entry_index, stated=stated
    )


@router.get("/outcomes/{outcome_id}/receipt", response_class=HTTPResponse)
def read_receipt(outcome_id: str, actor: OutcomesReader, bank: CurrentBank) -> HTTPResponse:
    """Prove an outcome of this institution to the newest checkpoint (C2SP tlog-proof)."""
    with bank.readers.reading() as connection:
        stored = get_outcome(connection, outcome_id, actor.institution)
    return HTTPResponse(bank.receipt(stored.entry_index).text, media_type=TLOG_PROOF)


def _command(body: OutcomeRequest, actor: Actor, bank: Bank) -> RecordOutcome:
    posting = prepare_posting(
        body.flat(),
        institution_id=actor.institution,
        readers=bank.readers,
        keystore=bank.keystore,
        now=bank.clock(),
    )
    return RecordOutcome(institution_id=actor.institution, posted_with=actor.id, posting=posting)
