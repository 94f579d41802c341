"""Recover an account 找回: one of the staff sees a document, another one too, and prints a code."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import served_key
from api.v1.account_recoveries import RecoveryRequest, confirm_recovery, start_recovery
from api.web.counter.person import ACCOUNT, live_recoveries
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.named import staff_names
from api.web.staff.pages import CounterPage
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)


@router.get(f"{ACCOUNT}/recovery")
def show_recovery(page: CounterPage, account_id: str) -> Response:
    """Show who started to recover, or ask which document was seen."""
    return _form(page, account_id, page.form())


@router.post(f"{ACCOUNT}/recovery")
async def start(
    page: CounterPage, account_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Start; her contacts that staff tells now are shown."""
    try:
        body = form.read(RecoveryRequest, document=form.text("document"))
        started = await start_recovery(account_id, body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "document")
        return await run_in_threadpool(_form, page, account_id, refused, 422)
    return page.show(
        "counter/recovery_started.html", account_id=account_id, to_tell=started.to_tell
    )


@router.post(f"{ACCOUNT}/recovery/{{recovery_id}}/confirmation")
async def confirm(
    page: CounterPage, account_id: str, recovery_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Confirm what another started, and show the code once, to be printed."""
    key = await run_in_threadpool(served_key, account_id, page.actor, bank)
    try:
        confirmed = await confirm_recovery(
            account_id, recovery_id, page.actor, bank, form.attempt(page.request), Response()
        )
    except Refusal as refusal:
        refused = page.refused(form, refusal, "confirm")
        return await run_in_threadpool(_form, page, account_id, refused, 422)
    return page.show("counter/recovery_code.html", number=key.number, confirmed=confirmed)


def _form(page: Page, account_id: str, form: Form, status: int = 200) -> Response:
    key = served_key(account_id, page.actor, page.bank)
    return page.show(
        "counter/recovery.html",
        status=status,
        form=form,
        account_id=account_id,
        recoveries=live_recoveries(page, key),
        staff=staff_names(page.bank),
        me=page.actor.id,
    )
