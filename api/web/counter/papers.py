"""A document that staff sees 证件: recorded, or shown to take an account over 柜面认领."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import served_key
from api.v1.account_documents import (
    CounterClaimRequest,
    SeenDocumentRequest,
    document_command,
    record_seen,
)
from api.web.counter.find import DOCUMENT_TYPES
from api.web.counter.person import ACCOUNT, is_unclaimed
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.pages import CounterPage
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)


@router.get(f"{ACCOUNT}/document")
def ask_document(page: CounterPage, account_id: str, bank: CurrentBank) -> Response:
    """Ask which document was seen and how it was checked."""
    served_key(account_id, page.actor, bank)
    return _form(page, account_id, page.form(type="identity_card", checked="original_seen"))


@router.post(f"{ACCOUNT}/document")
async def record(
    page: CounterPage, account_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Record the document; with a password, an account that nobody claimed becomes hers."""
    await run_in_threadpool(served_key, account_id, page.actor, bank)
    claims = bool(form.typed("password"))  # Asked for only while nobody has claimed it.
    try:
        body = form.read(CounterClaimRequest if claims else SeenDocumentRequest, **_stated(form))
        _require_repeated(form)
        command = await run_in_threadpool(document_command, account_id, body, page.actor, bank)
        attempt = form.attempt(page.request).by(page.actor)
        await run_in_threadpool(record_seen, command, bank, attempt)
    except Refusal as refusal:
        secrets = ["password", "password_again"]
        refused = page.refused(form, refusal, "number", secrets=secrets)
        return await run_in_threadpool(_form, page, account_id, refused, 422)
    notice = "claimed-at-counter" if claims else "document-recorded"
    return page.go(f"/desk/counter/accounts/{account_id}", notice)


def _stated(form: Form) -> Mapping[str, object]:
    names = ("type", "country", "number", "name", "romanised", "valid_until", "checked")
    return {
        **{name: form.text(name) for name in names},
        "name_changed": form.has("name_changed", "yes"),
        "password": form.typed("password") or None,
    }


def _require_repeated(form: Form) -> None:
    """Refuse a password that was not typed twice alike: nobody else sees it."""
    if form.typed("password") != form.typed("password_again"):
        raise InvalidInput([FieldProblem(field="password_again", code="password-not-repeated")])


def _form(page: Page, account_id: str, form: Form, status: int = 200) -> Response:
    return page.show(
        "counter/document.html",
        status=status,
        form=form,
        account_id=account_id,
        types=DOCUMENT_TYPES,
        is_unclaimed=is_unclaimed(page, account_id),
    )
