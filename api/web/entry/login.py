"""Log in by login and password, and log out. A session begins anew at each step."""

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank, Public, counting_guesses
from api.web.cookies import FILE_KEY
from api.web.entry.begin import begin_session, first_page
from api.web.forms import Form, PostedForm
from api.web.page import CurrentPage, Page
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
def log_in(page: CurrentPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Begin a session; staff are then asked for their second factor."""
    try:
        form.require("login", "password")
        with counting_guesses(page.request, bank), bank.readers.reading() as connection:
            actor = sign_in(
                connection, bank.keystore, form.text("login") or "", form.typed("password")
            )
    except Refusal as refusal:
        return _form(page, page.refused(form, refusal, "login"), status=422)
    return begin_session(page, actor, to=form.typed("to"))


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


def _form(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("entry/login.html", status=status, form=form)
