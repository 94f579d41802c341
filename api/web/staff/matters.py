"""What citizens ask of an institution 事项: the queue, one matter with its clock, the answer."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.conversion_reviews import list_reviews
from api.v1.matters import (
    DecisionRequest,
    decide_matter,
    decision_command,
    download_matter_evidence,
    list_undecided,
)
from api.web.forms import Form, PostedForm, renamed
from api.web.names import institution_names
from api.web.page import Page
from api.web.page_numbers import PageNumber
from api.web.rehearsed import rehearse
from api.web.staff.matter_case import MatterCase, open_matter
from api.web.staff.named import part, rule_titles, staff_names
from api.web.staff.pages import MattersPage
from creditbank.errors import InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

RESULT = ("course", "term", "grade", "grade_scale", "credits", "class_hours", "awarded_on")
OWN_WORD = "outcome_result"
"""What the page calls the field `result` of a result: the result as a whole has that name."""
CERTIFICATE = ("certificate_series", "certificate_number")
FIELDS = ("decision", "text", "code", "outcome", OWN_WORD, *RESULT, *CERTIFICATE)


@router.get("/desk/matters")
def list_matters(page: MattersPage, bank: CurrentBank, at: PageNumber = "1") -> Response:
    """List matters and conversions under review, late ones first."""
    shown = part(list_undecided(page.actor, bank).matters, at)
    reviews = list_reviews(page.actor, bank).reviews
    return page.show(
        "staff/matters.html",
        part=shown,
        institutions=institution_names(
            bank, {one.institution for one in shown.rows if one.institution}
        ),
        reviews=reviews,
        rules=rule_titles(bank, {one.rule for one in reviews}),
    )


@router.get("/desk/matters/{matter_id}")
def show_matter(page: MattersPage, matter_id: str) -> Response:
    """Show what is asked, its clock, what it names, and what was done."""
    case = open_matter(page, matter_id)
    return _matter(page, case, _prefilled(page, case))


@router.get("/desk/matters/{matter_id}/evidence/{evidence_id}")
def download(page: MattersPage, matter_id: str, evidence_id: str, bank: CurrentBank) -> Response:
    """Give a piece of evidence that the matter names."""
    return download_matter_evidence(matter_id, evidence_id, page.actor, bank)


@router.post("/desk/matters/{matter_id}/decision")
async def decide(
    page: MattersPage, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Answer it; first the answer is shown once more."""
    case = await run_in_threadpool(open_matter, page, matter_id)
    if form.typed("confirmed") == "change":
        return await run_in_threadpool(_matter, page, case, form)
    try:
        body = _read(form)
        if form.typed("confirmed") != "yes":
            command = await run_in_threadpool(decision_command, matter_id, body, page.actor, bank)
            await run_in_threadpool(rehearse, command, bank)
            return page.show("staff/matter_check.html", one=case.matter, form=form, kept=FIELDS)
        attempt = form.attempt(page.request)
        await decide_matter(matter_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, renamed(refusal, {"result": OWN_WORD}), "decision")
        return await run_in_threadpool(_matter, page, case, refused, 422)
    return page.go(f"/desk/matters/{matter_id}", "matter-answered")


def _read(form: Form) -> DecisionRequest:
    """Read what was decided; raises `InvalidInput`. Fields of a result stand by their own names."""
    decision = form.text("decision")
    try:
        return form.read(
            DecisionRequest,
            decision=decision,
            text=form.text("text"),
            code=form.text("code") if decision == "refused" else None,
            result=_result(form) if decision == "attested" else None,
            outcome=form.text("outcome") if decision == "corrected" else None,
        )
    except InvalidInput as refusal:
        problems = [replace(one, field=_field(one.field)) for one in refusal.problems]
        raise InvalidInput(problems) from None


def _field(place: str) -> str:
    """Give the field of the page that a place of the body is about."""
    names = place.removeprefix("result.").replace("certificate.", "certificate_")
    return OWN_WORD if place == "result.result" else names


def _result(form: Form) -> dict[str, object]:
    stated: dict[str, object] = {name: text for name in RESULT if (text := form.text(name))}
    if (word := form.text(OWN_WORD)) is not None:
        stated["result"] = word
    series, number = (form.text(name) for name in CERTIFICATE)
    if series is not None or number is not None:
        stated["certificate"] = {"series": series or "", "number": number or ""}
    return stated


def _prefilled(page: Page, case: MatterCase) -> Form:
    """Fill the result with what the citizen stated, for staff to compare and correct."""
    stated = {**case.deposit, **case.matter.content}
    known = {name: text for name, text in stated.items() if name in {*RESULT, *CERTIFICATE}}
    return page.form(**known, **{OWN_WORD: stated.get("result", "")})


def _matter(page: Page, case: MatterCase, form: Form, status: int = 200) -> Response:
    matter = case.matter
    named = {matter.institution} if matter.institution else set()
    return page.show(
        "staff/matter.html",
        status=status,
        one=matter,
        case=case,
        form=form,
        staff=staff_names(page.bank),
        institutions=institution_names(page.bank, named),
    )
