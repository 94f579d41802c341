"""The second step of staff who log in: a code from their phone, set up at the first time."""

from base64 import b32encode, b64encode

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import Public
from api.throttling import SECOND_FACTORS, throttle_guesses
from api.web.entry.begin import log_in_whole
from api.web.forms import Form, PostedForm
from api.web.page import CurrentPage, Page
from certificates.qr import png
from creditbank.access.actor import Actor
from creditbank.access.second_factors import ShowSecondFactor, factor_key, find_second_factors
from creditbank.bank import Bank
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])


@router.get("/login/code")
def ask_code(page: CurrentPage, to: str = "") -> Response:
    """Ask for the code; a secret that nobody confirmed yet is shown beside."""
    return _form(page, _half_in(page), page.form(to=to))


@router.post("/login/code")
async def take_code(page: CurrentPage, form: PostedForm) -> Response:
    """Take the code, once, and begin the session that opens the desk."""
    actor = _half_in(page)
    try:
        await run_in_threadpool(_show, page.bank, actor, form.typed("code"))
    except Refusal as refusal:
        refused = page.refused(form, refusal, "code")
        return await run_in_threadpool(_form, page, actor, refused, status=422)
    return await log_in_whole(page, actor, form, is_proven=True)


def _show(bank: Bank, actor: Actor, code: str) -> None:
    """Take a code; wrong ones are counted."""
    key = factor_key(bank.keystore, actor.id)
    try:
        throttle_guesses(bank.limits, SECOND_FACTORS, actor.id)
        bank.writer.write(ShowSecondFactor(login_id=actor.id, key=key, code=code))
    except Refusal as refusal:
        if refusal.code == "second-factor-refused":
            bank.limits.count(SECOND_FACTORS, actor.id)
        raise


def _half_in(page: Page) -> Actor:
    """Give who has shown her password and nothing more; raises `Refusal("unauthenticated")`."""
    if page.session is None:
        raise Refusal("unauthenticated")
    if page.session.is_proven:
        raise Refusal("second-factor-shown")
    return page.session.actor


def _form(page: Page, actor: Actor, form: Form, status: int = 200) -> Response:
    bank = page.bank
    with bank.readers.reading() as connection:
        factor = find_second_factors(connection, [actor.id]).get(actor.id)
    if factor is None:  # It was removed since; the password offers another.
        return page.go("/login")
    shown: dict[str, str] = {"secret": "", "picture": ""}
    if not factor.is_confirmed:
        key = factor_key(bank.keystore, actor.id)
        link = factor.link(key, bank.settings.default_ledger_origin().partition("/")[0])
        shown = {
            "secret": b32encode(factor.secret(key)).decode(),
            "picture": b64encode(png(link)).decode(),
        }
    return page.show("entry/code.html", status=status, form=form, **shown)
