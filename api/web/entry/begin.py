"""How a session begins once it is known who somebody is."""

from http import HTTPStatus
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.web.cookies import NOTICE
from api.web.forms import Form
from api.web.kept_forms import KEPT, open_typed
from api.web.local_paths import local_path
from api.web.looked_again import look_again
from api.web.page import Page
from creditbank.access.actor import Actor
from creditbank.access.second_factors import OfferSecondFactor, factor_key
from creditbank.access.sessions import StartSession

CITIZEN_START, STAFF_START = "/me", "/desk"
SECOND_FACTOR = "/login/code"


def first_page(actor: Actor, to: str) -> str:
    """Give where somebody goes on who is logged in: where she came from, or her own start."""
    return local_path(to or None, STAFF_START if actor.account_id is None else CITIZEN_START)


def begin_session(page: Page, actor: Actor, *, to: str, notice: str) -> Response:
    """Begin a learner's session in the place of the one there is, and lead on."""
    text, _ = _begin(page, actor, is_proven=False)
    response = page.go(first_page(actor, to), notice)
    page.cookies.keep(response, page.cookies.session, text)
    return response


async def log_in_whole(page: Page, actor: Actor, form: Form, *, is_proven: bool) -> Response:
    """Begin a session and lead to the second step, to where she came from, or to what she typed.

    `form` is that of a step of log-in.
    """
    text, is_whole = await run_in_threadpool(_begin, page, actor, is_proven=is_proven)
    response = await _lead_on(page, actor, form, text, is_whole=is_whole)
    page.cookies.keep(response, page.cookies.session, text)
    return response


async def _lead_on(
    page: Page, actor: Actor, form: Form, session: str, *, is_whole: bool
) -> Response:
    to, kept = form.typed("to"), form.typed(KEPT)
    cookies = {**page.request.cookies, page.cookies.session: session}
    if not is_whole:
        if not kept:
            return page.go(f"{SECOND_FACTOR}?to={quote(to)}" if to else SECOND_FACTOR)
        return await look_again(page.request, SECOND_FACTOR, cookies, {KEPT: [kept]})
    if not kept:
        return page.go(first_page(actor, to))
    typed = open_typed(kept, actor, page.bank)
    if typed is None:
        return page.go(first_page(actor, ""), "form-not-kept")
    cookies[NOTICE] = "form-kept"
    shown = await look_again(page.request, typed.page, cookies, typed.values)
    return shown if shown.status_code == HTTPStatus.OK else page.go(first_page(actor, typed.page))


def _begin(page: Page, actor: Actor, *, is_proven: bool) -> tuple[str, bool]:
    """Begin a session; gives its text, and whether all was shown that is asked for.

    A learner is never asked for a second factor; staff are, unless they just showed it.
    """
    is_whole = is_proven or actor.account_id is not None
    if not is_whole:
        key = factor_key(page.bank.keystore, actor.id)
        page.bank.writer.write(OfferSecondFactor(login_id=actor.id, key=key))
    command = StartSession(
        login_id=actor.id,
        is_proven=is_whole,
        replaces=None if page.session is None else page.session.id,
    )
    return str(page.bank.writer.write(command).answer), is_whole
