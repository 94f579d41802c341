"""The queue of filings 申请, one of them, and the step that who looks takes."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.filings import (
    FilingDecisionRequest,
    decide_filing,
    decision_command,
    download_filing_evidence,
)
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.page_numbers import PageNumber
from api.web.rehearsed import rehearse
from api.web.staff.filing_case import Case, heard_with, open_case
from api.web.staff.named import part, rule_titles, staff_names
from api.web.staff.pages import FilingsPage
from api.web.staff.waiting import waiting_filings
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

FIELDS = ("decision", "text", "code", "departure")
_FIELD_OF = {"departs-from-precedents": "departure"}


@router.get("/desk/filings")
def list_queue(page: FilingsPage, at: PageNumber = "1") -> Response:
    """List everything under way, with what waits for who looks marked."""
    return _list(page, at, mine=False)


@router.get("/desk/steps")
def list_own_steps(page: FilingsPage, at: PageNumber = "1") -> Response:
    """List what waits for who looks."""
    return _list(page, at, mine=True)


def _list(page: Page, at: str, *, mine: bool) -> Response:
    waiting = [one for one in waiting_filings(page) if one.is_mine or not mine]
    shown = part(waiting, at)
    filings = [one.filing for one in shown.rows]
    return page.show(
        "staff/filings.html",
        part=shown,
        mine=mine,
        rules=rule_titles(page.bank, {one.rule for one in filings}),
        institutions=institution_names(page.bank, {one.institution for one in filings}),
    )


@router.get("/desk/filings/{filing_id}")
def show_filing(page: FilingsPage, filing_id: str) -> Response:
    """Show inputs, what the rule says with the arithmetic, precedents, and the chain."""
    return _case(page, open_case(page, filing_id), page.form())


@router.get("/desk/filings/{filing_id}/evidence/{evidence_id}")
def give_evidence(
    page: FilingsPage, filing_id: str, evidence_id: str, bank: CurrentBank
) -> Response:
    """Give a piece of evidence that was shown with the filing."""
    return download_filing_evidence(filing_id, evidence_id, page.actor, bank)


@router.post("/desk/filings/{filing_id}/decision")
async def decide(
    page: FilingsPage, filing_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take the step; first it is shown once more, for it cannot be undone."""
    case = await run_in_threadpool(open_case, page, filing_id)
    if form.typed("confirmed") == "change":
        return await run_in_threadpool(_case, page, case, form)
    try:
        body = _read(form, case)
        if form.typed("confirmed") != "yes":
            command = await run_in_threadpool(decision_command, filing_id, body, page.actor, bank)
            await run_in_threadpool(rehearse, command, bank)
            return await run_in_threadpool(_check, page, case, form, body)
        attempt = form.attempt(page.request)
        await decide_filing(filing_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        about = _FIELD_OF.get(refusal.code, "decision")
        return await run_in_threadpool(_case, page, case, page.refused(form, refusal, about), 422)
    return page.go(f"/desk/filings/{filing_id}", "step-taken")


def _read(form: Form, case: Case) -> FilingDecisionRequest:
    """Read what was decided; raises `InvalidInput`."""
    for one in case.asked:
        form.chosen(one.name, ("yes", "no"))
    is_refused = form.typed("decision") == "refused"
    findings = [
        {"outcome": one.test.outcome, "code": one.test.code, "met": form.has(one.name, "yes")}
        for one in case.asked
        if form.text(one.name) is not None
    ]
    return form.read(
        FilingDecisionRequest,
        decision=form.text("decision"),
        text=form.text("text"),
        code=form.text("code") if is_refused else None,
        findings=findings,
        departure=form.text("departure"),
    )


def _check(page: Page, case: Case, form: Form, body: FilingDecisionRequest) -> Response:
    credit, heard = heard_with(page, case, body.findings)
    return page.show(
        "staff/filing_check.html",
        case=case,
        form=form,
        kept=[*FIELDS, *(one.name for one in case.asked)],
        credit=credit,
        heard=heard,
    )


def _case(page: Page, case: Case, form: Form, status: int = 200) -> Response:
    return page.show(
        "staff/filing.html",
        status=status,
        case=case,
        form=form,
        staff=staff_names(page.bank),
        institutions=institution_names(page.bank, {case.filing.institution}),
    )
