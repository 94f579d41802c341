"""Credit applied 计入 to enrolments, as the schools see it that enter it 入册."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Body, Query
from fastapi import Response as HTTPResponse
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.application_sheet import sheet
from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1 import application_examples as examples
from api.v1.account_keys import account_key
from api.v1.entries import Entry
from api.v1.fields import Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.applications.enter import ConfirmApplication, Confirmation, Entered
from creditbank.applications.queries import (
    StoredApplication,
    applications_at,
    find_applications,
)
from creditbank.applications.status import ApplicationStatus, DeclineReason, Verdict
from creditbank.bank import Bank
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day, read_day
from creditbank.credits.to_enter import ToEnter, to_enter
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.tree import load_tree, require_covered

router = APIRouter(prefix="/api/v1/applications", tags=["applications"])

PAGE_MAX = 200
CSV_TYPE = "text/csv; charset=utf-8"


class PlaceView(Response):
    """Credit for one place of the plan, and the grade to record."""

    target: str
    category: str | None
    credits: str
    grade: str | None


class ApplicationView(Response):
    """What a school enters, with all that its register asks for."""

    id: str
    state: str = Field(description=one_of(ApplicationStatus))
    institution: str
    enrolment: str | None
    student_number: str | None
    name: str | None
    programme: str
    plan_version: str
    credits: str
    places: list[PlaceView]
    conversion: str
    rule: str
    rule_version: str
    entry_index: int
    entered_on: str | None
    reason: str | None

    @classmethod
    def of(cls, one: ToEnter) -> Self:
        """Show an application."""
        return cls(
            id=one.application.id,
            state=one.application.status,
            institution=one.application.institution_id,
            enrolment=one.application.enrolment_id,
            student_number=one.student_number,
            name=one.name,
            programme=one.programme.code,
            plan_version=one.programme.version,
            credits=str(Credits(milli=one.application.credits)),
            places=[
                PlaceView(
                    target=place.part.target,
                    category=place.part.category,
                    credits=str(Credits(milli=place.part.credits)),
                    grade=place.grade,
                )
                for place in one.places
            ],
            conversion=one.conversion.id,
            rule=one.conversion.rule_id,
            rule_version=one.conversion.rule_version,
            entry_index=one.application.entry_index,
            entered_on=None if one.entry is None else one.entry.entered_on,
            reason=None if one.entry is None else one.entry.reason,
        )


class ApplicationList(Response):
    """Applications in the order of the ledger; `next` leads on where there are more."""

    applications: list[ApplicationView]
    next: str | None = None


class EntryRequest(Request):
    """What the school decided; a reason and words are asked for where it is not entered."""

    verdict: ShortText = Field(description=one_of(Verdict))
    on: ShortText = Field(description="The day on which it was entered or decided, YYYY-MM-DD.")
    reason: ShortText | None = Field(
        default=None, description=f"Why it is not entered. {one_of(DeclineReason)}"
    )
    text: ShortText | None = Field(default=None, description="What the learner is told of it.")


class EntryView(Response):
    """The school's answer as it is recorded, with its receipt."""

    application: str
    verdict: str
    entry: Entry
    receipt: str


State = Annotated[ApplicationStatus, Query(description="Where the applications stand.")]
Institution = Annotated[
    str | None, Query(max_length=64, description="One institution of one's own subtree.")
]


@router.get("")
def list_applications(
    actor: OutcomesReader,
    bank: CurrentBank,
    state: State = ApplicationStatus.TO_ENTER,
    institution: Institution = None,
    after: Annotated[int, Query(ge=-1, description="The ledger index to go on from.")] = -1,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> ApplicationList:
    """List what was applied to enrolments at one's own institution and below it."""
    seen = seen_by(actor, institution, bank)
    with bank.readers.reading() as connection:
        stored = applications_at(connection, seen, status=state, after=after, limit=limit + 1)
    page = stored[:limit]
    shown = [ApplicationView.of(one) for one in _opened(page, bank)]
    more = None
    if len(stored) > limit:
        more = f"/api/v1/applications?state={state}&after={page[-1].entry_index}&limit={limit}"
        more += "" if institution is None else f"&institution={institution}"
    return ApplicationList(applications=shown, next=more)


@router.post("/{application_id}/entry", status_code=201, responses={200: {"model": EntryView}})
async def enter_application(
    application_id: str,
    body: Annotated[EntryRequest, Body(openapi_examples=examples.ENTRY)],
    actor: OutcomesWriter,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> EntryView:
    """Say that the school entered it 已入册, or not 不予入册; the same answer again is harmless."""
    command = await run_in_threadpool(_confirming, application_id, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    if not written.answer.is_new:
        response.status_code = 200
    return await run_in_threadpool(_entry_view, written.answer, bank)


@router.get("/sheet.csv", response_class=StreamingResponse)
def export_applications(
    actor: OutcomesReader,
    bank: CurrentBank,
    state: State = ApplicationStatus.TO_ENTER,
    institution: Institution = None,
) -> StreamingResponse:
    """Download the same as a sheet (CSV), a row a place; filled in, it is handed in as it is."""
    seen = seen_by(actor, institution, bank)
    return StreamingResponse(sheet(every_application(seen, state, bank)), media_type=CSV_TYPE)


def seen_by(actor: Actor, institution: str | None, bank: Bank) -> list[str]:
    """Give the institutions whose applications an actor sees; raises `Refusal("not-found")`."""
    with bank.readers.reading() as connection:
        covered = load_tree(connection, civil_day(bank.clock())).covered(actor.institution)
    if institution is None:
        return covered
    if institution not in covered:
        raise Refusal("not-found")
    return [institution]


def every_application(
    institutions: list[str], state: ApplicationStatus, bank: Bank
) -> Iterator[ToEnter]:
    """Give all applications to enrolments at these institutions, some at a time."""
    after = -1
    while True:
        with bank.readers.reading() as connection:
            page = applications_at(
                connection, institutions, status=state, after=after, limit=PAGE_MAX
            )
        if not page:
            return
        yield from _opened(page, bank)
        after = page[-1].entry_index


def _opened(stored: list[StoredApplication], bank: Bank) -> list[ToEnter]:
    keys = bank.keystore.get({one.account_id for one in stored})
    with bank.readers.reading() as connection:
        return to_enter(connection, stored, keys)


def _confirming(
    application_id: str, body: EntryRequest, actor: Actor, bank: Bank
) -> ConfirmApplication:
    with bank.readers.reading() as connection:
        stored = find_applications(connection, [application_id]).get(application_id)
        if stored is None:
            raise Refusal("not-found")
        today = civil_day(bank.clock())
        require_covered(connection, actor.institution, stored.institution_id, today)
    return ConfirmApplication(
        key=account_key(stored.account_id, bank),
        application_id=application_id,
        confirmation=_confirmation(body),
        by=actor.id,
    )


def _confirmation(body: EntryRequest) -> Confirmation:
    """Read an answer; raises `InvalidInput`."""
    problems: list[FieldProblem] = []
    stated_words = (("verdict", Verdict, body.verdict), ("reason", DeclineReason, body.reason))
    for name, kind, stated in stated_words:
        known = tuple(one.value for one in kind)
        if stated is not None and stated not in known:
            problems.append(FieldProblem(field=name, code="status-unknown", facts={"known": known}))
    on = date.max
    try:
        on = read_day(body.on)
    except ValueError:
        problems.append(FieldProblem(field="on", code="date-unreadable"))
    if problems:
        raise InvalidInput(problems)
    return Confirmation(
        verdict=Verdict(body.verdict),
        on=on,
        reason=None if body.reason is None else DeclineReason(body.reason),
        text=body.text,
    )


def _entry_view(entered: Entered, bank: Bank) -> EntryView:
    receipt = bank.receipt(entered.entry_index)
    return EntryView(
        application=entered.application_id,
        verdict=entered.verdict.value,
        entry=Entry.of(receipt),
        receipt=receipt.text,
    )
