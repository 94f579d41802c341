"""What a learner asks of institutions: the list, one matter with its steps, answered, withdrawn."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.appeals import AppealRequest, appeal_matter
from api.v1.evidence import download_own_evidence
from api.v1.matter_views import MatterView
from api.v1.own_matters import AnswerRequest, answer_matter, list_matters, withdraw_matter
from api.web.citizen.photos import EVIDENCE, keep_photo
from api.web.citizen.rule_names import NamedRules, name_rules
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import CitizenPage, Page
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

MATTER = "/me/matters/{matter_id}"


@router.get("/me/matters")
def show_matters(page: CitizenPage, bank: CurrentBank) -> Response:
    """List what she keeps and asked for, what waits for her first."""
    matters = list_matters("me", page.actor, bank).matters
    ordered = sorted(matters, key=lambda one: one.state != "returned")
    names = institution_names(bank, {one.institution for one in matters if one.institution})
    rules = _rules(page, matters)
    return page.show("matters/matters.html", matters=ordered, names=names, rules=rules)


@router.get(MATTER)
def show_matter(page: CitizenPage, matter_id: str) -> Response:
    """Show one matter: with whom it is, until when, and what was said."""
    return _show(page, matter_id, page.form())


@router.post(f"{MATTER}/answer")
async def answer(
    page: CitizenPage, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Answer what it was returned for."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    try:
        form = await keep_photo(page, form)
        body = read_answer_form(form)
        await answer_matter("me", matter_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_show, page, matter_id, refused, 422)
    return page.go(f"/me/matters/{matter_id}", "answer-kept")


@router.post(f"{MATTER}/withdrawal")
async def withdraw(
    page: CitizenPage, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take it back while nobody has decided."""
    attempt = form.attempt(page.request)
    await withdraw_matter("me", matter_id, page.actor, bank, attempt, Response())
    return page.go(f"/me/matters/{matter_id}", "request-withdrawn")


@router.post(f"{MATTER}/appeal")
async def appeal(
    page: CitizenPage, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Let another person decide a refused matter again."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    try:
        form = await keep_photo(page, form)
        body = read_appeal_form(form)
        filed = await appeal_matter("me", matter_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_show, page, matter_id, refused, 422)
    return page.go(f"/me/matters/{filed.id}", "appeal-filed")


def read_answer_form(form: Form) -> AnswerRequest:
    """Read what was missing; raises `InvalidInput` where nothing is said."""
    form.require("text")
    evidence = [one for one in form.texts(EVIDENCE) if one]
    return form.read(AnswerRequest, text=form.text("text"), evidence=evidence)


def read_appeal_form(form: Form) -> AppealRequest:
    """Read why something is to be decided again; raises `InvalidInput` where nothing is said."""
    text, evidence = form.text("text"), [one for one in form.texts(EVIDENCE) if one]
    if text is None:
        raise InvalidInput([FieldProblem(field="text", code="field-missing")])
    return form.read(AppealRequest, text=text, evidence=evidence)


@router.get("/me/evidence/{evidence_id}")
def give_evidence(page: CitizenPage, evidence_id: str, bank: CurrentBank) -> Response:
    """Give a photo or scan of her own."""
    return download_own_evidence("me", evidence_id, page.actor, bank)


def own_matter(page: Page, matter_id: str) -> MatterView:
    """Give one of her matters; raises `Refusal("not-found")`."""
    matters = list_matters("me", page.actor, page.bank).matters
    found = next((one for one in matters if one.id == matter_id), None)
    if found is None:
        raise Refusal("not-found")
    return found


def _show(page: Page, matter_id: str, form: Form, status: int = 200) -> Response:
    one = own_matter(page, matter_id)
    names = institution_names(page.bank, {one.institution} if one.institution else set())
    rules = _rules(page, [one])
    return page.show(
        "matters/matter.html", status=status, form=form, one=one, names=names, rules=rules
    )


def _rules(page: Page, matters: list[MatterView]) -> NamedRules:
    """Name the rules by which conversions were made that are appealed against."""
    return name_rules(page.bank, {one.content["rule"] for one in matters if one.conversion})
