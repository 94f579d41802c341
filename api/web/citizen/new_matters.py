"""A new matter: keep an outcome of one's own, ask that it be attested, report a missing result."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.own_matters import (
    CertificationRequest,
    DepositRequest,
    MissingResultRequest,
    deposit_outcome,
    file_matter,
)
from api.web.citizen.institution_choice import choices, chosen
from api.web.citizen.matters import own_matter
from api.web.citizen.photos import EVIDENCE, PHOTO, keep_photo
from api.web.forms import Form, PostedForm, renamed
from api.web.page import CitizenPage, Page
from creditbank.errors import Refusal
from creditbank.institutions.history import InstitutionKind

router = APIRouter(include_in_schema=False)

NEW = "/me/matters/new"
DECLARED = (
    "title",
    "awarding_body",
    "awarded_on",
    "result",
    "class_hours",
    "certificate_series",
    "certificate_number",
    "text",
)
PROVIDER = InstitutionKind.PROVIDER


@router.get(f"{NEW}/deposit")
def ask_deposit(page: CitizenPage) -> Response:
    """Ask what was achieved, and for a photo of what shows it."""
    return page.show("matters/deposit.html", form=page.form())


@router.post(f"{NEW}/deposit")
async def deposit(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Keep it as she declares it."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    try:
        form = await keep_photo(page, form)
        stated = {name: form.text(name) for name in DECLARED}
        body = form.read(DepositRequest, **stated, evidence=form.texts(EVIDENCE))
        made = await deposit_outcome("me", body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, renamed(refusal, {EVIDENCE: PHOTO}), PHOTO)
        return page.show("matters/deposit.html", status=422, form=refused)
    return page.go(f"/me/matters/{made.id}", "deposit-kept")


@router.get(f"{NEW}/missing")
def ask_missing(
    page: CitizenPage, institution: str = "", q: str = "", course: str = "", term: str = ""
) -> Response:
    """Ask where the result should have come from, then what is missing."""
    return _missing(page, page.form(institution=institution, course=course, term=term), q)


@router.post(f"{NEW}/missing")
async def report_missing(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Ask the institution for the result."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    try:
        form = await keep_photo(page, form)
        stated = {name: form.text(name) for name in ("institution", "course", "term", "text")}
        body = form.read(
            MissingResultRequest, kind="missing_result", **stated, evidence=form.texts(EVIDENCE)
        )
        made = await file_matter("me", body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, renamed(refusal, {EVIDENCE: PHOTO}), "text")
        return await run_in_threadpool(_missing, page, refused, "", 422)
    return page.go(f"/me/matters/{made.id}", "matter-filed")


@router.get("/me/matters/{matter_id}/certification")
def ask_certification(
    page: CitizenPage, matter_id: str, institution: str = "", q: str = ""
) -> Response:
    """Ask which institution shall attest what she keeps."""
    return _certification(page, matter_id, page.form(institution=institution), q)


@router.post("/me/matters/{matter_id}/certification")
async def certify(
    page: CitizenPage, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Ask the institution to attest it."""
    try:
        body = form.read(
            CertificationRequest,
            kind="certification",
            institution=form.text("institution"),
            deposit=matter_id,
            text=form.text("text"),
        )
        attempt = form.attempt(page.request)
        made = await file_matter("me", body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_certification, page, matter_id, refused, "", 422)
    return page.go(f"/me/matters/{made.id}", "matter-filed")


def _missing(page: Page, form: Form, sought: str, status: int = 200) -> Response:
    institution = chosen(page, PROVIDER, form.typed("institution"))
    if institution is None:
        return _choose(page, "matters/missing_where.html", form, sought, status)
    return page.show("matters/missing.html", status=status, form=form, institution=institution)


def _certification(
    page: Page, matter_id: str, form: Form, sought: str, status: int = 200
) -> Response:
    deposit = own_matter(page, matter_id)
    institution = chosen(page, PROVIDER, form.typed("institution"))
    if institution is None:
        where = "matters/certify_where.html"
        return _choose(page, where, form, sought, status, deposit=deposit)
    return page.show(
        "matters/certify.html", status=status, form=form, institution=institution, deposit=deposit
    )


def _choose(
    page: Page, template: str, form: Form, sought: str, status: int, **content: object
) -> Response:
    found = choices(page, PROVIDER, sought)
    return page.show(template, status=status, form=form, sought=sought, found=found, **content)
