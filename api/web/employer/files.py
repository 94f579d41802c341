"""Verify a file as it was received, dropped or photographed, or the text of a credential."""

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.dependencies import Limited, Public
from api.throttling import VERIFYING_FILES
from api.v1.verify_uploads import find_in
from api.web.employer.answers import Asked, show_answer
from api.web.employer.verify import not_recognised, verified
from api.web.forms import Form, PostedForm
from api.web.page import CurrentPage, Page
from api.web.uploaded import Uploaded
from certificates.presented.found import UNREADABLE
from certificates.report import CheckName
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.passes.verify import token_in
from creditbank.verification.report import has_failed

router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/verify/file")
def ask_file(page: CurrentPage) -> Response:
    """Ask for a photo, a PDF, or a credential as file or text."""
    return page.show("employer/file.html", form=page.form())


@router.post("/verify/file", dependencies=[Depends(Limited(VERIFYING_FILES))])
async def answer_file(page: CurrentPage, form: PostedForm, content: Uploaded) -> Response:
    """Answer a file, or what was pasted where no file was chosen."""
    if content:
        return await run_in_threadpool(_answer, page, form, content, "file")
    return await run_in_threadpool(_answer, page, form, form.typed("text").encode(), "text")


def _answer(page: Page, form: Form, content: bytes, field: str) -> Response:
    if not content.strip():
        missing = InvalidInput([FieldProblem(field="file", code="field-missing")])
        return page.show("employer/file.html", status=422, form=page.refused(form, missing))
    found = find_in(content)
    if found.text is None:
        return _ask_again(page, form, field, found.problem)
    token = token_in(found.text)
    if token is not None:
        return RedirectResponse(f"/verify/{token}", 303)
    asked = Asked(code=found.text, action="/verify", now=page.bank.clock())
    form, report = verified(page, form, asked)
    if has_failed(report.checks, CheckName.FORMAT):
        return _ask_again(page, form, field, UNREADABLE)
    return show_answer(page, asked, report, form)


def _ask_again(page: Page, form: Form, field: str, problem: str) -> Response:
    wrong = not_recognised(page, form, field, problem)
    return page.show("employer/file.html", status=422, form=wrong)
