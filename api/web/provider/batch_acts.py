"""What persons decide about a file: countersign, send back, withdraw it whole with a reason."""

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, CurrentWorker
from api.v1.batch_acts import (
    DiscardRequest,
    WithdrawalRequest,
    countersign_batch,
    discard_batch,
    preview_withdrawal,
    withdraw_batch,
)
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.batches import BATCH, batch_page, own_batch
from api.web.provider.checked_file import check_state
from api.web.provider.who import CountersignerPage, ReaderPage, WriterPage
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.find import Batch
from creditbank.outcomes.batches.kept_rehearsal import keep_rehearsal
from creditbank.outcomes.batches.run import Import

router = APIRouter(include_in_schema=False)


@router.post(BATCH + "/check")
def check_file(
    page: CountersignerPage, batch_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Check a waiting file that came without its check, behind the door."""
    del form  # Asked for, so that no other site has files checked.
    response = page.go(BATCH.format(batch_id=batch_id))
    response.background = BackgroundTask(_check, bank, own_batch(page, batch_id))
    return response


@router.get(BATCH + "/check-progress")
def show_check(page: ReaderPage, batch_id: str, bank: CurrentBank) -> Response:
    """Give how far the check of a waiting file is alone."""
    key = bank.keystore.get([own_batch(page, batch_id).id])[batch_id]
    state = check_state(bank, key)
    response = page.show("provider/progress.html", progress=state.progress)
    if state.name != "running":
        response.headers["HX-Refresh"] = "true"
    return response


@router.post(BATCH + "/countersignature")
def countersign(
    page: CountersignerPage,
    batch_id: str,
    form: PostedForm,
    bank: CurrentBank,
    worker: CurrentWorker,
) -> Response:
    """Let a waiting file be recorded."""
    try:
        countersign_batch(batch_id, page.actor, bank, worker)
    except Refusal as refusal:
        return _refused(page, batch_id, form, refusal)
    return page.go(BATCH.format(batch_id=batch_id), "batch-countersigned")


@router.post(BATCH + "/discard")
def discard(
    page: CountersignerPage, batch_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Send a waiting file back with a reason."""
    try:
        body = form.read(DiscardRequest, reason=form.text("reason"))
        discard_batch(batch_id, body, page.actor, bank)
    except Refusal as refusal:
        return _refused(page, batch_id, form, refusal)
    return page.go(BATCH.format(batch_id=batch_id), "batch-discarded")


@router.get(BATCH + "/withdrawal")
def ask_withdrawal(page: WriterPage, batch_id: str) -> Response:
    """Show whom a withdrawal concerns, and ask why."""
    return _ask_withdrawal(page, batch_id, page.form(status="void"))


@router.post(BATCH + "/withdrawal")
async def withdraw(
    page: WriterPage,
    batch_id: str,
    form: PostedForm,
    bank: CurrentBank,
    worker: CurrentWorker,
) -> Response:
    """Take every result of a file back."""
    try:
        body = form.read(
            WithdrawalRequest,
            status=form.text("status"),
            reason=form.text("reason"),
            through_reversal=form.has("through_reversal", "yes"),
        )
        await withdraw_batch(batch_id, body, page.actor, bank, worker)
    except Refusal as refusal:
        if refusal.code == "batch-not-recorded":  # A second click.
            return page.go(BATCH.format(batch_id=batch_id))
        refused = page.refused(form, refusal, _about(refusal))
        return await run_in_threadpool(_ask_withdrawal, page, batch_id, refused, 422)
    return page.go(BATCH.format(batch_id=batch_id), "batch-withdrawn")


def _about(refusal: Refusal) -> str:
    return "through_reversal" if refusal.code == "batch-converted" else "status"


def _ask_withdrawal(page: Page, batch_id: str, form: Form, status: int = 200) -> Response:
    return page.show(
        "provider/withdrawal.html",
        status=status,
        form=form,
        batch=own_batch(page, batch_id),
        affected=preview_withdrawal(batch_id, page.actor, page.bank),
    )


def _refused(page: Page, batch_id: str, form: Form, refusal: Refusal) -> Response:
    if refusal.code == "batch-not-waiting":  # A second click, or a colleague was faster.
        return page.go(BATCH.format(batch_id=batch_id))
    return batch_page(page, batch_id, page.refused(form, refusal), status=422)


def _check(bank: Bank, batch: Batch) -> None:
    key = bank.keystore.get([batch.id])[batch.id]
    upload = bank.uploads.upload(
        key, media_type=batch.media_type, encoding=batch.options.get("encoding")
    )
    with bank.uploads.held(batch.id) as is_held:
        if is_held and upload is not None:
            checked = Import(
                bank, upload, institution_id=batch.institution_id, options=Options.of(batch)
            )
            keep_rehearsal(checked, bank.uploads, key)
