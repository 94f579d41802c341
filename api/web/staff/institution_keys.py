"""The API keys of an institution 接口密钥: what each is for, when it was used, and its end."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
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
from api.web.page import Page
from api.web.page_numbers import PageNumber
from api.web.staff.named import part
from api.web.staff.pages import RegistrarPage
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

KEYS = "/desk/institutions/{institution_id}/keys"
ONE = KEYS + "/{key_id}"


@router.get(KEYS)
def show_keys(page: RegistrarPage, institution_id: str, at: PageNumber = "1") -> Response:
    """Show the keys, those out of use too, and ask for one more."""
    return _keys(page, institution_id, page.form(), at)


@router.post(KEYS)
async def issue_key(
    page: RegistrarPage, institution_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Issue one more key and show it once; a second click is shown the same key."""
    try:
        body = form.read(KeyRequest, name=form.text("name"))
        attempt = form.attempt(page.request)
        made = await issue_api_key(institution_id, page.actor, bank, attempt, Response(), body)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "name")
        return await run_in_threadpool(_keys, page, institution_id, refused, "1", 422)
    return page.show(
        "staff/key.html",
        institution_id=institution_id,
        key=made.api_key,
        warnings=[],
        is_new=False,
    )


@router.get(ONE)
def ask_end(page: RegistrarPage, institution_id: str, key_id: str) -> Response:
    """Ask why a key shall end."""
    one = _find(page, institution_id, key_id)
    if one.revoked_at is not None:
        return page.go(f"/desk/institutions/{institution_id}/keys")
    return _end(page, institution_id, one, page.form())


@router.post(f"{ONE}/end")
async def end_key(
    page: RegistrarPage, institution_id: str, key_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End it at once, with every token that it was exchanged for."""
    one = await run_in_threadpool(_find, page, institution_id, key_id)
    try:
        body = form.read(KeyRevocationRequest, reason=form.text("reason"))
        await revoke_key_for(institution_id, key_id, body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "reason")
        return await run_in_threadpool(_end, page, institution_id, one, refused, 422)
    return page.go(f"/desk/institutions/{institution_id}/keys", "key-ended")


def _find(page: Page, institution_id: str, key_id: str) -> HeldKeyView:
    """Give a key of an institution of one's subtree; raises `Refusal("not-found")`."""
    for one in list_api_keys(institution_id, page.actor, page.bank).keys:
        if one.id == key_id:
            return one
    raise Refusal("not-found")


def _keys(page: Page, institution_id: str, form: Form, at: str, status: int = 200) -> Response:
    keys = list_api_keys(institution_id, page.actor, page.bank).keys
    return page.show(
        "staff/keys.html",
        status=status,
        one=read_institution(institution_id, page.bank),
        part=part(keys, at),
        form=form,
    )


def _end(
    page: Page, institution_id: str, key: HeldKeyView, form: Form, status: int = 200
) -> Response:
    return page.show(
        "staff/key_end.html",
        status=status,
        one=read_institution(institution_id, page.bank),
        key=key,
        form=form,
    )
