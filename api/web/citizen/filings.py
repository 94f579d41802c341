"""A request that persons decide on: asked for, where it stands, answered, appealed."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.appeals import appeal
from api.v1.conversions import ConversionRequest, PreviewRequest, preview_conversion
from api.v1.own_filings import (
    FilingRequest,
    WordsRequest,
    answer_filing,
    file_request,
    list_publications,
    object_to_publication,
    read_own_filing,
    withdraw_filing,
)
from api.web.citizen.matters import read_appeal_form
from api.web.citizen.outcomes import every_outcome
from api.web.citizen.photos import keep_photo
from api.web.citizen.rule_names import name_rules
from api.web.citizen.stated_names import titles_of
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import CitizenPage, Page
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

ASKING = "/me/filings/new"


@router.get(ASKING)
def ask_persons(
    page: CitizenPage, rule: str = "", outcome: str = "", target: str = "", enrolment: str = ""
) -> Response:
    """Show what would be asked for, and what the rule says of it by itself."""
    asked = page.form(rule=rule, outcomes=[outcome], targets=[target], enrolment=enrolment)
    return _ask(page, asked)


@router.post(ASKING)
async def file_own(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """File the request, and show where it stands."""
    try:
        body = form.read(FilingRequest, **_stated(form), text=form.text("text"))
        filed = await file_request(body, page.actor, bank, form.attempt(page.request), Response())
    except Refusal as refusal:
        return await run_in_threadpool(_ask, page, page.refused(form, refusal, "text"), 422)
    return page.go(f"/me/filings/{filed.id}", "filing-filed")


@router.get("/me/filings/{filing_id}")
def show_filing(page: CitizenPage, filing_id: str) -> Response:
    """Show where a request stands, until when, and what was said."""
    return _show(page, filing_id, page.form())


@router.post("/me/filings/{filing_id}/answer")
async def answer(
    page: CitizenPage, filing_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Answer what it was returned for."""
    try:
        await answer_filing(
            filing_id, read_words(form), page.actor, bank, form.attempt(page.request), Response()
        )
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_show, page, filing_id, refused, 422)
    return page.go(f"/me/filings/{filing_id}", "answer-kept")


@router.post("/me/filings/{filing_id}/withdrawal")
async def withdraw(
    page: CitizenPage, filing_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take a request back while nobody has decided."""
    attempt = form.attempt(page.request)
    await withdraw_filing(filing_id, page.actor, bank, attempt, Response())
    return page.go(f"/me/filings/{filing_id}", "request-withdrawn")


@router.post("/me/filings/{filing_id}/appeal")
async def appeal_filing(
    page: CitizenPage, filing_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Let other persons decide a refused request again."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    try:
        form = await keep_photo(page, form)
        body = read_appeal_form(form)
        filed = await appeal(filing_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_show, page, filing_id, refused, 422)
    return page.go(f"/me/filings/{filed.id}", "appeal-filed")


@router.get("/me/publications")
def show_publications(page: CitizenPage) -> Response:
    """Show what is published before credit is recognised."""
    shown = list_publications(page.bank).publications
    return page.show(
        "credit/publications.html",
        publications=shown,
        schools=institution_names(page.bank, {one.institution for one in shown}),
        names=name_rules(page.bank, {one.rule for one in shown}),
    )


@router.get("/me/publications/{filing_id}")
def ask_objection(page: CitizenPage, filing_id: str) -> Response:
    """Ask why she objects."""
    return _object(page, filing_id, page.form())


@router.post("/me/publications/{filing_id}")
async def object_to(
    page: CitizenPage, filing_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Object to what is published."""
    try:
        await object_to_publication(
            filing_id, read_words(form), page.actor, bank, form.attempt(page.request), Response()
        )
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_object, page, filing_id, refused, 422)
    return page.go("/me/publications", "objection-kept")


def read_words(form: Form) -> WordsRequest:
    """Read what is said; raises `InvalidInput` where nothing is."""
    text = form.text("text")
    if text is None:
        raise InvalidInput([FieldProblem(field="text", code="field-missing")])
    return form.read(WordsRequest, text=text)


def _stated(form: Form) -> dict[str, object]:
    return {
        "rule": form.text("rule"),
        "outcomes": [one for one in form.texts("outcomes") if one],
        "targets": [one for one in form.texts("targets") if one],
        "enrolment": form.text("enrolment"),
    }


def _ask(page: Page, form: Form, status: int = 200) -> Response:
    asked = form.read(ConversionRequest, **_stated(form))
    preview = form.read(PreviewRequest, **_stated(form))
    said = preview_conversion(preview, page.actor, page.bank, page.problems, page.language)
    return page.show(
        "credit/ask.html",
        status=status,
        form=form,
        asked=asked,
        said=said,
        names=name_rules(page.bank, {asked.rule}),
        titles=titles_of(every_outcome(page)),
    )


def _show(page: Page, filing_id: str, form: Form, status: int = 200) -> Response:
    one = read_own_filing(filing_id, page.actor, page.bank, page.problems, page.language)
    return page.show(
        "credit/filing.html",
        status=status,
        form=form,
        one=one,
        school=institution_names(page.bank, {one.institution}).get(one.institution),
        names=name_rules(page.bank, {one.rule}),
        titles=titles_of(every_outcome(page)),
    )


def _object(page: Page, filing_id: str, form: Form, status: int = 200) -> Response:
    shown = list_publications(page.bank).publications
    one = next((each for each in shown if each.id == filing_id), None)
    if one is None:
        raise Refusal("not-found")
    names = name_rules(page.bank, {one.rule})
    return page.show("credit/objection.html", status=status, form=form, one=one, names=names)
