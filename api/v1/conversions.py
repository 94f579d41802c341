"""Convert one's own outcomes: see what a rule would give, confirm it, and read the decision."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.decision_view import decision_view
from api.dependencies import Citizen, CurrentBank, CurrentProblems, Language
from api.problems import Problems
from api.response import Response
from api.v1 import examples
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.application_views import AppliedShareView, applied_share
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.applications.queries import applications_of, find_entries
from creditbank.applications.show import open_application
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day, read_day
from creditbank.credits import request as recognition
from creditbank.credits.as_known import preview_as_known
from creditbank.credits.conflicts import find_conflicts
from creditbank.credits.queries import find_conversions
from creditbank.credits.recognise import Judged, RecogniseCredit, preview
from creditbank.credits.reversal import ReversalCause
from creditbank.credits.show import OpenedReversal, get_conversion, get_reversal
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey

router = APIRouter(prefix="/api/v1/conversions", tags=["conversions"])


class ConversionRequest(Request):
    """Which outcomes are offered under which rule; courses are named where the rule fills some."""

    rule: ShortText = Field(examples=["certificate-courses"], description="The id of the rule.")
    outcomes: list[ShortText] = Field(
        min_length=1,
        max_length=recognition.OUTCOMES_MAX,
        description="Ids of the outcomes that are offered.",
    )
    targets: list[ShortText] = Field(
        default=[],
        max_length=recognition.TARGETS_MAX,
        examples=[["DG-101"]],
        description="Codes of the courses to fill, where the rule fills some.",
    )
    enrolment: ShortText | None = Field(
        default=None,
        description="Id of the enrolment that the credit is for, where the rule asks for one.",
    )


class PreviewRequest(ConversionRequest):
    """The same, also for a day that is past: filed on one day, known at the end of another."""

    filed_on: ShortText | None = Field(
        default=None, description="The day of filing, YYYY-MM-DD; today if none is given."
    )
    known_on: ShortText | None = Field(
        default=None,
        description="By what the ledger held at the end of this day, YYYY-MM-DD; else by today's.",
    )


class DecisionView(Response):
    """What a rule says: credits, what is used for them, and every test with its figures."""

    rule: str
    rule_version: str
    rule_sha256: str
    engine: str = Field(description="Semantic version of what decided.")
    filed_on: str
    credits: str
    points: str = Field(description="Points, by a rule that gives points; they are no credit.")
    grants: list[dict[str, Any]]
    uses: list[dict[str, str]]
    codes: list[str] = Field(description="The code of each test that failed.")
    needs_a_person: bool = Field(
        description="Something is not known that the rule asks for; a person may find it out."
    )
    trace: list[dict[str, Any]]


class ReversalView(Response):
    """That a conversion counts no more: why, for which outcome, and the receipt."""

    cause: str = Field(description=one_of(ReversalCause))
    outcome: str | None = Field(description="The outcome behind it, if there is one.")
    outcome_status: str | None = Field(description="What became of that outcome.")
    entry: Entry
    receipt: str


class ConflictView(Response):
    """Why a conversion is frozen: another account of the person used the same before it."""

    counts_entry: int = Field(description="Where on the ledger the earlier use stands.")
    since: int = Field(description="Where on the ledger the merge of the two accounts stands.")


class ConversionView(DecisionView):
    """A recorded conversion with its receipt (C2SP tlog-proof)."""

    id: str
    status: str = Field(
        description="`recognised`; `frozen` while an outcome that it uses is suspended or"
        " it is in conflict, or `reversed`: then its credits do not count. `under_review` after a"
        " correction: they do."
    )
    conflicts: list[ConflictView] = Field(
        description="What another account of the person, merged since, used before it: it is"
        " frozen until the accounts are apart again or it is reversed."
    )
    reversal: ReversalView | None = Field(description="Absent while the conversion stands.")
    applied: list[AppliedShareView] = Field(
        description="What of it was applied to its enrolment, in the order of the ledger."
    )
    entry: Entry
    receipt: str


@router.post("/preview")
def preview_conversion(
    body: Annotated[PreviewRequest, Body(openapi_examples=examples.CONVERSION)],
    actor: Citizen,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> DecisionView:
    """Say what a request would get, today or on a day that is past; nothing is written or used."""
    command = _command(body, actor, bank)
    today = civil_day(bank.clock())
    filed_on, known_on = (
        past_day(name, text, today)
        for name, text in (("filed_on", body.filed_on), ("known_on", body.known_on))
    )
    asked = replace(command, request=replace(command.request, received_on=filed_on))
    judged = judged_preview(bank, asked, known_on)
    return DecisionView(
        rule=judged.rule.id,
        rule_version=judged.rule.version,
        filed_on=judged.filing.filed_on.isoformat(),
        **decision_view(judged.judgement, problems, language),
    )


def judged_preview(bank: Bank, command: RecogniseCredit, known_on: date | None) -> Judged:
    """Decide without writing, by what is known today or was at the end of a day."""
    today = civil_day(bank.clock())
    with bank.readers.reading() as connection:
        if known_on is None:
            return preview(connection, command, today)
        return preview_as_known(connection, command, today, known_on)


def past_day(field: str, text: str | None, today: date) -> date | None:
    """Read a day that is not to come; raises `InvalidInput`."""
    try:
        day = None if text is None else read_day(text)
    except ValueError:
        raise InvalidInput([FieldProblem(field=field, code="date-unreadable")]) from None
    if day is not None and day > today:
        raise InvalidInput([FieldProblem(field=field, code="date-in-future")])
    return day


@router.post("", status_code=201, responses={200: {"model": ConversionView}})
async def convert(
    body: Annotated[ConversionRequest, Body(openapi_examples=examples.CONVERSION)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    problems: CurrentProblems,
    language: Language,
    response: HTTPResponse,
) -> ConversionView:
    """Have credit recognised; each part of an outcome counts once."""
    command = await run_in_threadpool(_command, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return await run_in_threadpool(_view, written.answer, command.key, bank, problems, language)


@router.get("/{conversion_id}")
def read_conversion(
    conversion_id: str,
    actor: Citizen,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> ConversionView:
    """Read one of one's own conversions with its decision."""
    key = _key_of(conversion_id, actor, bank)
    return _view(conversion_id, key, bank, problems, language)


def _command(body: ConversionRequest, actor: Actor, bank: Bank) -> RecogniseCredit:
    return RecogniseCredit(
        key=account_key(actor.account, bank),
        secrets=bank.keystore.secrets,
        request=recognition.Request(
            rule_id=body.rule,
            outcome_ids=body.outcomes,
            targets=body.targets,
            enrolment_id=body.enrolment,
        ),
        by=actor.id,
    )


def _key_of(conversion_id: str, actor: Actor, bank: Bank) -> AccountKey:
    """Give the key of a conversion of one's own, or of an account that was merged into one's."""
    keys = keys_as_one(account_key(actor.account, bank), bank)
    with bank.readers.reading() as connection:
        stored = find_conversions(connection, [conversion_id]).get(conversion_id)
    made_by = "" if stored is None else stored.account_id
    return next((key for key in keys if key.account_id == made_by), keys[0])


def _view(
    conversion_id: str, key: AccountKey, bank: Bank, problems: Problems, language: str
) -> ConversionView:
    with bank.readers.reading() as connection:
        opened = get_conversion(connection, key, conversion_id)
        reversal = get_reversal(connection, key, conversion_id)
        stored = applications_of(connection, [conversion_id])[conversion_id]
        answers = find_entries(connection, [one.id for one in stored])
        conflicts = find_conflicts(connection, [conversion_id])
    receipt = bank.receipt(opened.stored.entry_index)
    return ConversionView(
        id=conversion_id,
        status=opened.stored.status,
        conflicts=[
            ConflictView(counts_entry=one.counts_entry, since=one.since)
            for one in conflicts
            if one.until is None
        ],
        reversal=None if reversal is None else _reversal_view(reversal, bank),
        applied=[
            applied_share(
                open_application(one, key), answers.get(one.id), key, (problems, language)
            )
            for one in stored
        ],
        rule=opened.stored.rule_id,
        rule_version=opened.stored.rule_version,
        filed_on=opened.filing.filed_on.isoformat(),
        entry=Entry.of(receipt),
        receipt=receipt.text,
        **decision_view(opened.decision, problems, language),
    )


def _reversal_view(reversal: OpenedReversal, bank: Bank) -> ReversalView:
    receipt = bank.receipt(reversal.stored.entry_index)
    return ReversalView(
        cause=reversal.stored.cause,
        outcome=reversal.stored.outcome_id,
        outcome_status=reversal.outcome_status,
        entry=Entry.of(receipt),
        receipt=receipt.text,
    )
