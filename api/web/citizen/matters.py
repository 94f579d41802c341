"""What a learner asks of institutions: the list, one matter with its steps, answered, withdrawn."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.evidence import download_own_evidence
from api.v1.matter_views import MatterView
from api.v1.own_matters import AnswerRequest, answer_matter, list_matters, withdraw_matter
from api.web.citizen.names import institution_names
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

MATTER = "/me/matters/{matter_id}"


@router.get("/me/matters")
def show_matters(page: CitizenPage, bank: CurrentBank) -> Response:
    """List what she keeps and asked for, what waits for her first."""
    matters = list_matters("me", page.actor, bank).matters
    ordered = sorted(matters, key=lambda one: one.state != "returned")
    names = institution_names(bank, {one.institution for one in matters if one.institution})
    return page.show("matters/matters.html", matters=ordered, names=names)


@router.get(MATTER)
def show_matter(page: CitizenPage, matter_id: str) -> Response:
    """Show one matter: with whom it is, until when, and what was said."""
    return _show(page, matter_id, page.form())


@router.post(f"{MATTER}/answer")
async def answer(
    page: CitizenPage, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Answer what it was returned for."""
    try:
        body = form.read(AnswerRequest, text=form.text("text"))
        attempt = form.attempt(page.request)
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
    return page.show("matters/matter.html", status=status, form=form, one=one, names=names)
