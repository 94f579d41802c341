"""What is done with one webhook: a test, sending again, a pause, a new secret, its end."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.webhook_deliveries import RepetitionRequest, send_again, send_test
from api.v1.webhooks import (
    EndRequest,
    RotationRequest,
    end_webhook,
    pause_webhook,
    read_webhook,
    resume_webhook,
    rotate_secret,
)
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.webhooks import ONE, WEBHOOKS, show_one
from api.web.provider.who import WebhookPage
from creditbank.errors import Refusal
from creditbank.webhooks.endpoint import LIVE, OLD_SECRET_HOURS

router = APIRouter(include_in_schema=False)

SECRET, END = ONE + "/secret", ONE + "/end"


@router.post(ONE + "/test")
async def try_it(
    page: WebhookPage, webhook_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Send a test message; what became of it stands in the list."""
    try:
        attempt = form.attempt(page.request)
        await send_test(webhook_id, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        return await run_in_threadpool(show_one, page, webhook_id, page.refused(form, refusal), 422)
    return page.go(f"{WEBHOOKS}/{webhook_id}", "webhook-tested")


@router.post(ONE + "/again")
async def repeat(
    page: WebhookPage, webhook_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Send one message again, or all that were given up."""
    try:
        body = form.read(RepetitionRequest, delivery=form.text("delivery"))
        attempt = form.attempt(page.request)
        await send_again(webhook_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        return await run_in_threadpool(show_one, page, webhook_id, page.refused(form, refusal), 422)
    return page.go(f"{WEBHOOKS}/{webhook_id}", "webhook-again")


@router.post(ONE + "/pause")
async def pause(
    page: WebhookPage, webhook_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Post nothing for now, or go on."""
    is_paused = not form.has("go_on", "yes")
    act = pause_webhook if is_paused else resume_webhook
    try:
        await act(webhook_id, page.actor, bank)
    except Refusal as refusal:
        return await run_in_threadpool(show_one, page, webhook_id, page.refused(form, refusal), 422)
    said = "webhook-paused" if is_paused else "webhook-resumed"
    return page.go(f"{WEBHOOKS}/{webhook_id}", said)


@router.get(SECRET)
def ask_secret(page: WebhookPage, webhook_id: str) -> Response:
    """Ask how long the former secret shall sign beside a new one."""
    return _ask(page, webhook_id, "secret", page.form(former_hours=str(OLD_SECRET_HOURS)))


@router.post(SECRET)
async def rotate(
    page: WebhookPage, webhook_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Make a new secret, and show it this once."""
    try:
        form.require("former_hours")
        body = form.read(RotationRequest, former_hours=form.number("former_hours"))
        attempt = form.attempt(page.request)
        made = await rotate_secret(webhook_id, page.actor, bank, attempt, Response(), body)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "former_hours")
        return await run_in_threadpool(_ask, page, webhook_id, "secret", refused, 422)
    return page.show("provider/webhook_secret.html", made=made, is_new=False)


@router.get(END)
def ask_end(page: WebhookPage, webhook_id: str) -> Response:
    """Ask why it shall end."""
    return _ask(page, webhook_id, "end", page.form())


@router.post(END)
async def end(page: WebhookPage, webhook_id: str, form: PostedForm, bank: CurrentBank) -> Response:
    """End it; what waits is given up, and its secrets are forgotten."""
    try:
        form.require("reason")
        body = form.read(EndRequest, reason=form.text("reason"))
        await end_webhook(webhook_id, body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "reason")
        return await run_in_threadpool(_ask, page, webhook_id, "end", refused, 422)
    return page.go(WEBHOOKS, "webhook-ended")


def _ask(page: Page, webhook_id: str, what: str, form: Form, status: int = 200) -> Response:
    one = read_webhook(webhook_id, page.actor, page.bank)
    if one.state not in LIVE:
        return page.go(f"{WEBHOOKS}/{webhook_id}")
    return page.show(f"provider/webhook_{what}_ask.html", status=status, one=one, form=form)
