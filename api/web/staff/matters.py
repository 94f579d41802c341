"""What citizens ask of an institution 事项: the queue, one matter with its clock, the answer."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_keys import account_key
from api.v1.conversion_reviews import list_reviews
from api.v1.matter_views import MatterView
from api.v1.matters import (
    DecisionRequest,
    decide_matter,
    decision_command,
    download_matter_evidence,
    list_undecided,
    read_matter,
    seen_matter,
)
from api.web.citizen.names import institution_names
from api.web.forms import Form, PostedForm, renamed
from api.web.page import Page
from api.web.rehearsed import rehearse
from api.web.staff.named import PageNumber, part, rule_titles, staff_names
from api.web.staff.pages import MattersPage
from creditbank.errors import InvalidInput, Refusal
from creditbank.matters.matter import RefusalCode
from creditbank.matters.queries import find_matters

router = APIRouter(include_in_schema=False)

CODES = tuple(one.value for one in RefusalCode)
RESULT = ("course", "term", "grade", "grade_scale", "credits", "class_hours", "awarded_on")
OWN_WORD = "outcome_result"
"""What the page calls the field `result` of a result: the result as a whole has that name."""
CERTIFICATE = ("certificate_series", "certificate_number")
FIELDS = ("decision", "text", "code", OWN_WORD, *RESULT, *CERTIFICATE)


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
def show_matter(page: MattersPage, matter_id: str, bank: CurrentBank) -> Response:
    """Show what is asked, its clock, what it names, and what was done."""
    matter = read_matter(matter_id, page.actor, bank)
    return _matter(page, matter, _prefilled(page, matter))


@router.get("/desk/matters/{matter_id}/evidence/{evidence_id}")
def download(page: MattersPage, matter_id: str, evidence_id: str, bank: CurrentBank) -> Response:
    """Give a piece of evidence that the matter names."""
    return download_matter_evidence(matter_id, evidence_id, page.actor, bank)


@router.post("/desk/matters/{matter_id}/decision")
async def decide(
    page: MattersPage, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Answer it; first the answer is shown once more."""
    matter = await run_in_threadpool(read_matter, matter_id, page.actor, bank)
    if form.typed("confirmed") == "change":
        return await run_in_threadpool(_matter, page, matter, form)
    try:
        body = _read(form)
        if form.typed("confirmed") != "yes":
            command = await run_in_threadpool(decision_command, matter_id, body, page.actor, bank)
            await run_in_threadpool(rehearse, command, bank)
            return page.show("staff/matter_check.html", one=matter, form=form, kept=FIELDS)
        attempt = form.attempt(page.request)
        await decide_matter(matter_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, renamed(refusal, {"result": OWN_WORD}), "decision")
        return await run_in_threadpool(_matter, page, matter, refused, 422)
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


def _prefilled(page: Page, matter: MatterView) -> Form:
    """Fill the result with what the citizen stated, for staff to compare and correct."""
    stated = {**_deposit(page, matter), **matter.content}
    known = {name: text for name, text in stated.items() if name in {*RESULT, *CERTIFICATE}}
    return page.form(**known, **{OWN_WORD: stated.get("result", "")})


def _deposit(page: Page, matter: MatterView) -> dict[str, str]:
    """Give what the deposit states whose certification is asked for."""
    if matter.deposit is None:
        return {}
    account_id = seen_matter(matter.id, page.actor, page.bank).account_id
    key = account_key(account_id, page.bank)
    with page.bank.readers.reading() as connection:
        found = find_matters(connection, [matter.deposit]).get(matter.deposit)
    return {} if found is None or found.account_id != account_id else found.content(key)


def _matter(page: Page, matter: MatterView, form: Form, status: int = 200) -> Response:
    named = {matter.institution} if matter.institution else set()
    return page.show(
        "staff/matter.html",
        status=status,
        one=matter,
        deposit=_deposit(page, matter),
        form=form,
        codes=CODES,
        staff=staff_names(page.bank),
        institutions=institution_names(page.bank, named),
    )
