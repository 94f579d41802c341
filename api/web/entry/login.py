"""Log in by login and password, and log out. A session begins anew at each step."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, Public, counting_guesses
from api.web.cookies import FILE_KEY
from api.web.entry.begin import first_page, log_in_whole
from api.web.forms import Form, PostedForm
from api.web.kept_forms import KEPT
from api.web.page import CurrentPage, Page
from creditbank.access.actor import Actor
from creditbank.access.logins import sign_in
from creditbank.access.sessions import EndSession
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/login")
def ask_login(page: CurrentPage, to: str = "") -> Response:
    """Ask for login and password; who is logged in is led on."""
    if page.session is not None and page.session.is_proven:
        return page.go(first_page(page.actor, to))
    return _form(page, page.form(to=to))


@router.post("/login")
async def log_in(page: CurrentPage, form: PostedForm) -> Response:
    """Begin a session; staff are then asked for their second factor."""
    try:
        actor = await run_in_threadpool(_sign_in, page, form)
    except Refusal as refusal:
        return _form(page, page.refused(form, refusal, "login"), status=422)
    return await log_in_whole(page, actor, form, is_proven=False)


def ask_login_for(page: Page, kept: str) -> Response:
    """Ask whose session had ended for login and password; her form is not lost."""
    return _form(page, page.form(**{KEPT: kept}), status=422)


@router.post("/logout")
def log_out(page: CurrentPage, form: PostedForm, bank: CurrentBank) -> Response:
    """End the session at once, here and in the browser."""
    del form  # Asked for, so that no other site logs somebody out.
    if page.session is not None:
        bank.writer.write(EndSession(session_id=page.session.id))
    response = page.go("/login", "logged-out")
    page.cookies.drop(response, page.cookies.session)
    for name in page.request.cookies:
        if name.startswith(FILE_KEY):
            page.cookies.drop(response, name)  # The next one at this desk opens no file of hers.
    return response


def _sign_in(page: Page, form: Form) -> Actor:
    form.require("login", "password")
    bank, login = page.bank, form.text("login") or ""
    with counting_guesses(page.request, bank), bank.readers.reading() as connection:
        return sign_in(connection, bank.keystore, login, form.typed("password"))


def _form(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("entry/login.html", status=status, form=form)
