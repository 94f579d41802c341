"""What an employer asks who scanned a learning pass or typed its code. No login."""

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.dependencies import Limited, Public
from api.throttling import VERIFYING
from api.v1.verify import VerifyRequest
from api.web.content_policy import allow
from api.web.employer.answers import Asked, show_answer, told_at
from api.web.forms import Form, PostedForm
from api.web.page import CurrentPage, Page
from api.web.verdicts import VERDICTS
from certificates.report import CheckName
from certificates.token import is_token
from creditbank.errors import Refusal
from creditbank.passes.looks import is_marked
from creditbank.passes.presented import NOTHING_TYPED, Presented
from creditbank.passes.verify import token_in
from creditbank.verification.report import Report, Verdict, has_failed

router = APIRouter(include_in_schema=False, dependencies=[Public])

LIMITED = [Depends(Limited(VERIFYING))]


@router.get("/verify")
def ask_code(page: CurrentPage) -> Response:
    """Ask for a pass code, and lead to the other ways in."""
    return _form(page, page.form())


@router.post("/verify", dependencies=LIMITED)
async def answer_typed(page: CurrentPage, form: PostedForm) -> Response:
    """Answer a typed code: a token by its own address, whatever carries its content at once.

    What cannot be read comes back in the field, to be mended.
    """
    code = form.typed("code")
    token = token_in(code)
    if token is not None:
        return RedirectResponse(f"/verify/{token}", 303)
    return await run_in_threadpool(_answer_text, page, form, code)


@router.get("/V/{token}", dependencies=LIMITED)
@router.get("/verify/{token}", dependencies=LIMITED)
def answer_token(page: CurrentPage, token: str) -> Response:
    """Answer a scanned pass."""
    return answer(page, page.form(), _code(token), f"/verify/{token}")


@router.post("/verify/{token}", dependencies=LIMITED)
async def answer_told(page: CurrentPage, token: str, form: PostedForm) -> Response:
    """Answer a scanned pass, with the PIN or the name that its holder told."""
    return await run_in_threadpool(answer, page, form, _code(token), f"/verify/{token}")


def answer(page: Page, form: Form, code: str, action: str) -> Response:
    """Verify and answer; forms about the answer are posted to `action`."""
    asked = Asked(code=code, action=action, now=page.bank.clock())
    form, report = verified(page, form, asked)
    return show_answer(page, asked, report, form)


def _answer_text(page: Page, form: Form, code: str) -> Response:
    asked = Asked(code=code, action="/verify", now=page.bank.clock())
    form, report = verified(page, form, asked)
    if has_failed(report.checks, CheckName.FORMAT):
        return _form(page, not_recognised(page, form, "code", "unreadable"))
    return show_answer(page, asked, report, form)


def verified(page: Page, form: Form, asked: Asked) -> tuple[Form, Report]:
    """Verify by what was told; what was told in no possible form is refused at its field."""
    presented, secrets = NOTHING_TYPED, page.bank.keystore.secrets
    is_again = is_marked(secrets, form.typed("look"), asked.code, asked.now)
    try:
        told = form.read(VerifyRequest, document="-", pin=form.text("pin"), name=form.text("name"))
        presented = Presented(pin=told.pin, name=told.name, is_again=is_again)
    except Refusal as refusal:
        form = page.refused(form, refusal)
    return form, page.bank.verifier.verify(asked.code, asked.now, presented)


def not_recognised(page: Page, form: Form, field: str, problem: str) -> Form:
    """Give a form with what could not be read in a field, and why."""
    line = VERDICTS[Verdict.UNKNOWN].spoken(page.language).line
    return told_at(form, field, line, problem, page)


def _form(page: Page, form: Form) -> Response:
    return allow(
        page.show("employer/verify.html", status=422 if form.problems else 200, form=form),
        "manifest-src",
    )


def _code(token: str) -> str:
    return token if is_token(token) else token_in(token) or ""
