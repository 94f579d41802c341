"""Open an account, which asks for no identity number, or claim one by a code on paper."""

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, Limited, Public, counting_guesses
from api.throttling import OPENING
from api.v1.account_claims import ClaimRequest, claim_account
from api.v1.accounts import OwnAccountRequest, open_own
from api.web.entry.begin import begin_session
from api.web.forms import Form, PostedForm
from api.web.page import CurrentPage, Page
from creditbank.access.actor import Actor
from creditbank.access.logins import sign_in
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])

CARD = "/me/card"
NEWCOMER = Actor(id="newcomer", scopes=frozenset())
"""Who opens an account: nobody yet. The form names the attempt, by what nobody else has."""


@router.get("/open")
def ask_newcomer(page: CurrentPage) -> Response:
    """Ask for what an account is opened with."""
    return page.show("entry/open.html", form=page.form())


@router.post("/open", dependencies=[Depends(Limited(OPENING))])
async def open_own_account(page: CurrentPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Open the account, log its owner in, and show her its number."""
    try:
        body = form.read(OwnAccountRequest, **_stated(form))
        opened = await open_own(body, bank, form.attempt(page.request).by(NEWCOMER))
    except Refusal as refusal:
        return page.show(
            "entry/open.html", status=422, form=page.refused(form, refusal, "password")
        )
    return await run_in_threadpool(_begin, page, opened.account_number, form, "account-opened")


@router.get("/claim")
def ask_code(page: CurrentPage) -> Response:
    """Ask for the code on paper and a second fact."""
    return page.show("entry/claim.html", form=page.form())


@router.post("/claim")
async def claim_own_account(page: CurrentPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Take the account over, log its owner in, and show her its number."""
    try:
        with counting_guesses(page.request, bank):
            body = form.read(ClaimRequest, code=form.text("code"), **_stated(form))
            claimed = await claim_account(body, bank)
    except Refusal as refusal:
        return page.show("entry/claim.html", status=422, form=page.refused(form, refusal, "code"))
    return await run_in_threadpool(_begin, page, claimed.account_number, form, "account-claimed")


def _stated(form: Form) -> dict[str, object]:
    """Give what both forms ask for; what was left empty is left out."""
    return {
        "name": form.text("name"),
        "birth_year": form.number("birth_year"),
        "password": form.typed("password") or None,
    }


def _begin(page: Page, number: str, form: Form, notice: str) -> Response:
    return begin_session(page, _actor(page, number, form), to=CARD, notice=notice)


def _actor(page: Page, number: str, form: Form) -> Actor:
    with page.bank.readers.reading() as connection:
        return sign_in(connection, page.bank.keystore, number, form.typed("password"))
