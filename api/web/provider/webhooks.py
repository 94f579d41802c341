"""Webhooks 消息推送: where the institution's messages are posted, one of them, and a new one."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.webhook_deliveries import list_deliveries
from api.v1.webhooks import (
    WebhookRequest,
    add_webhook,
    adding,
    list_webhooks,
    read_webhook,
)
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.who import WebhookPage
from api.web.rehearsed import rehearse
from creditbank.access.secret_text import SECRET_BYTES
from creditbank.errors import Refusal
from creditbank.webhooks.message import KIND_OF
from creditbank.webhooks.queries import DeliveryState

router = APIRouter(include_in_schema=False)

WEBHOOKS = "/desk/webhooks"
NEW, ONE = WEBHOOKS + "/new", WEBHOOKS + "/{webhook_id}"
SHOWN_MAX = 50


@router.get(WEBHOOKS)
def show_webhooks(page: WebhookPage, bank: CurrentBank) -> Response:
    """List them, those that ended too."""
    found = list_webhooks(page.actor, bank).webhooks
    return page.show("provider/webhooks.html", webhooks=found, kind_of=KIND_OF)


@router.get(NEW)
def ask_webhook(page: WebhookPage) -> Response:
    """Ask where to post, and what."""
    return _ask(page, page.form())


@router.post(NEW)
async def add(page: WebhookPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Show what would hold; once that was confirmed, add it and show its secret this once."""
    if form.typed("step") == "back":
        return await run_in_threadpool(_ask, page, form)
    try:
        form.require("url", "types")
        body = form.read(WebhookRequest, url=form.text("url"), types=form.texts("types"))
        if form.typed("step") != "do":
            await run_in_threadpool(_rehearse, page, body)
            return page.show("provider/webhook_check.html", form=form, body=body, kind_of=KIND_OF)
        attempt = form.attempt(page.request)
        made = await add_webhook(body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        return await run_in_threadpool(_ask, page, page.refused(form, refusal, "url"), 422)
    return page.show("provider/webhook_secret.html", made=made, is_new=True)


@router.get(ONE)
def show_webhook(page: WebhookPage, webhook_id: str) -> Response:
    """Show one, with what was posted there of late."""
    return show_one(page, webhook_id)


def show_one(page: Page, webhook_id: str, form: Form | None = None, status: int = 200) -> Response:
    """Show one webhook, and what is wrong with what was asked of it."""
    one = read_webhook(webhook_id, page.actor, page.bank)
    listed = list_deliveries(webhook_id, page.actor, page.bank, None, SHOWN_MAX)
    return page.show(
        "provider/webhook.html",
        status=status,
        one=one,
        deliveries=listed.deliveries,
        has_more=listed.next is not None,
        given_up=any(delivery.state == DeliveryState.GIVEN_UP for delivery in listed.deliveries),
        kind_of=KIND_OF,
        form=form or page.form(),
    )


def _rehearse(page: Page, body: WebhookRequest) -> None:
    """Find what is wrong before anybody is asked whether it is right."""
    rehearse(adding(body, page.actor, page.bank, bytes(SECRET_BYTES)), page.bank)


def _ask(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("provider/webhook_new.html", status=status, form=form, kind_of=KIND_OF)
