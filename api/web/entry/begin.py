"""How a session begins once it is known who somebody is."""

from urllib.parse import quote

from starlette.responses import Response

from api.web.local_paths import local_path
from api.web.page import Page
from creditbank.access.actor import Actor
from creditbank.access.second_factors import OfferSecondFactor, factor_key
from creditbank.access.sessions import StartSession

CITIZEN_START, STAFF_START = "/me", "/desk"
SECOND_FACTOR = "/login/code"


def first_page(actor: Actor, to: str) -> str:
    """Give where somebody goes on who is logged in: where she came from, or her own start."""
    return local_path(to or None, STAFF_START if actor.account_id is None else CITIZEN_START)


def begin_session(
    page: Page, actor: Actor, *, to: str = "", is_proven: bool = False, notice: str | None = None
) -> Response:
    """Begin a new session in the place of the one there is, and lead on.

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
    text = page.bank.writer.write(command).answer
    response = page.go(first_page(actor, to) if is_whole else _second_step(to), notice)
    page.cookies.keep(response, page.cookies.session, str(text))
    return response


def _second_step(to: str) -> str:
    return f"{SECOND_FACTOR}?to={quote(to)}" if to else SECOND_FACTOR
