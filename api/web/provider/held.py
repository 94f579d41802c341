"""Held results 待核: what waits for a person to say whose it is, until when, and each decided."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.held_outcomes import (
    AttachmentRequest,
    HoldRefusalRequest,
    attach_held,
    held_outcome,
    read_held,
    refuse_held,
)
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.provider.who import HolderPage
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

HELD, ONE = "/desk/held", "/desk/held/{held_id}"
PAGE_HELD = 50


@router.get(HELD)
def show_held(
    page: HolderPage, bank: CurrentBank, after: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """List what waits, with who has to decide and until when; oldest first."""
    listed = read_held(page.actor, bank, after, PAGE_HELD)
    return page.show(
        "provider/held.html",
        held=listed.held,
        names=institution_names(bank, {one.owner for one in listed.held}),
        today=civil_day(bank.clock()).isoformat(),
        after=after,
        following=listed.next,
    )


@router.get(ONE)
def ask_decision(page: HolderPage, held_id: str) -> Response:
    """Show one held result, and ask whose it is."""
    return _ask(page, held_id, page.form())


@router.post(ONE + "/attachment")
async def attach(page: HolderPage, held_id: str, form: PostedForm, bank: CurrentBank) -> Response:
    """Record a held result for an account."""
    try:
        body = form.read(AttachmentRequest, account=form.text("account"))
        attempt = form.attempt(page.request)
        await attach_held(held_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "account")
        return await run_in_threadpool(_ask, page, held_id, refused, 422)
    return page.go(HELD, "held-attached")


@router.post(ONE + "/refusal")
def refuse(page: HolderPage, held_id: str, form: PostedForm, bank: CurrentBank) -> Response:
    """Refuse a held result with a reason."""
    try:
        body = form.read(HoldRefusalRequest, reason=form.text("reason"))
        refuse_held(held_id, body, page.actor, bank)
    except Refusal as refusal:
        return _ask(page, held_id, page.refused(form, refusal, "reason"), 422)
    return page.go(HELD, "held-refused")


def _ask(page: Page, held_id: str, form: Form, status: int = 200) -> Response:
    one = held_outcome(held_id, page.actor, page.bank)
    names = institution_names(page.bank, {one.owner})
    return page.show(
        "provider/held_one.html", status=status, form=form, one=one, owner=names[one.owner]
    )
