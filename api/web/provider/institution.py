"""The own institution: what is registered of it, its API keys, and its way with files."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.batch_acts import PracticeRequest, read_practice, set_practice
from api.v1.institution_changes import read_institution
from api.v1.institutions import (
    HeldKeyView,
    KeyRequest,
    KeyRevocationRequest,
    issue_api_key,
    list_api_keys,
    revoke_key_for,
)
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.provider.who import ManagerPage, RegistrarPage
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

INSTITUTION = "/desk/institution"
KEYS = "/desk/institution/api-keys"


@router.get(INSTITUTION)
def show_institution(page: RegistrarPage) -> Response:
    """Show what is registered of the institution, and its keys."""
    return _show(page)


@router.post(INSTITUTION + "/practice")
def choose_practice(page: ManagerPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Have files countersigned by a second person, or no longer."""
    body = PracticeRequest(two_persons=form.has("two_persons", "yes"))
    set_practice(body, page.actor, bank)
    return page.go(INSTITUTION, "practice-set")


@router.post(KEYS)
async def issue_key(page: RegistrarPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Issue one more API key, and show it this once; a second click is shown the same key."""
    try:
        body = form.read(KeyRequest, name=form.text("name"))
        attempt = form.attempt(page.request)
        own = page.actor.institution
        made = await issue_api_key(own, page.actor, bank, attempt, Response(), body)
    except Refusal as refusal:
        return await run_in_threadpool(_show, page, page.refused(form, refusal, "name"), 422)
    return page.show("provider/new_key.html", key=made.api_key)


@router.get(KEYS + "/{key_id}")
def ask_end(page: RegistrarPage, key_id: str) -> Response:
    """Ask whether a key shall end, and why."""
    one = _held(page, key_id)
    if one is None:
        return page.go(INSTITUTION)
    return page.show("provider/key.html", one=one, form=page.form())


@router.post(KEYS + "/{key_id}/end")
async def end_key(
    page: RegistrarPage, key_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End a key, and with it every token that it was exchanged for."""
    one = await run_in_threadpool(_held, page, key_id)
    if one is None:
        raise Refusal("not-found")
    try:
        body = form.read(KeyRevocationRequest, reason=form.text("reason"))
        await revoke_key_for(page.actor.institution, key_id, body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "reason")
        return page.show("provider/key.html", status=422, one=one, form=refused)
    return page.go(INSTITUTION, "key-ended")


def _held(page: Page, key_id: str) -> HeldKeyView | None:
    """Give a key of the own institution that is in use."""
    keys = list_api_keys(page.actor.institution, page.actor, page.bank).keys
    return next((key for key in keys if key.id == key_id and key.revoked_at is None), None)


def _show(page: Page, form: Form | None = None, status: int = 200) -> Response:
    bank, own = page.bank, page.actor.institution
    one = read_institution(own, bank)
    return page.show(
        "provider/institution.html",
        status=status,
        one=one,
        above=None if one.parent is None else institution_names(bank, {one.parent})[one.parent],
        keys=list_api_keys(own, page.actor, bank).keys,
        two_persons=read_practice(page.actor, bank).two_persons,
        form=form or page.form(),
    )
