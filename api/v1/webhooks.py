"""Webhooks: where an institution has its messages posted, and with which secret they are signed."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Body, Depends
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.attempts import CurrentAttempt
from api.dependencies import Allowed, CurrentBank
from api.response import Response
from api.v1 import webhook_examples as examples
from api.v1.fields import Request, ShortText, Text, one_of
from creditbank.access.actor import Actor, Scope
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.network.targets import URL_LENGTH_MAX
from creditbank.webhooks.change import AddEndpoint, EndEndpoint, PauseEndpoint, RotateSecret
from creditbank.webhooks.endpoint import (
    OLD_SECRET_HOURS,
    OLD_SECRET_HOURS_MAX,
    REASON_LENGTH_MAX,
    Endpoint,
    EndpointState,
)
from creditbank.webhooks.message import KIND_OF, type_of
from creditbank.webhooks.queries import endpoints_of, get_endpoint
from creditbank.webhooks.signing import secret_text

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])

WebhookManager = Annotated[Actor, Depends(Allowed(Scope.WEBHOOKS_MANAGE))]

_TYPES = f"One or more of: {', '.join(KIND_OF)}."


class WebhookRequest(Request):
    """An address of one's own, and what shall be posted to it."""

    url: Annotated[Text, Field(max_length=URL_LENGTH_MAX)] = Field(
        description="https, port 443, of a host with a public name."
    )
    types: Annotated[list[ShortText], Field(max_length=50)] = Field(description=_TYPES)


class RotationRequest(Request):
    """How long the former secret signs beside the new one."""

    former_hours: int = Field(
        default=OLD_SECRET_HOURS,
        ge=0,
        le=OLD_SECRET_HOURS_MAX,
        description="Hours for which messages are signed with both; 0 ends the former at once.",
    )


class EndRequest(Request):
    """Why an address is given up."""

    reason: Annotated[Text, Field(max_length=REASON_LENGTH_MAX)] = Field(
        description="Whoever looks at the webhooks of the institution reads it."
    )


class WebhookView(Response):
    """One address without its secret; times are Unix times."""

    id: str
    url: str | None = Field(description="None where what is stored was changed by somebody.")
    types: list[str]
    state: str = Field(description=f"It is gone where it answered 410. {one_of(EndpointState)}")
    reason: str | None
    failing_since: int | None = Field(description="Since when it took nothing, if it takes none.")
    former_secret_until: int | None = Field(description="Until when the former secret signs, too.")
    created_at: int
    changed_at: int

    @classmethod
    def of(cls, endpoint: Endpoint, bank: Bank) -> Self:
        """Show an endpoint, as far as its key opens it."""
        settings = None
        with suppress(SealBroken, KeyError):
            settings = endpoint.settings(bank.keystore.get([endpoint.id])[endpoint.id])
        untils = [one.until for one in settings.secrets if one.until] if settings else []
        return cls(
            id=endpoint.id,
            url=None if settings is None else settings.url,
            types=[type_of(one) for one in endpoint.kinds],
            state=endpoint.state,
            reason=endpoint.reason,
            failing_since=endpoint.failing_since if endpoint.is_live else None,
            former_secret_until=max(untils, default=None),
            created_at=endpoint.created_at,
            changed_at=endpoint.changed_at,
        )


class WebhookList(Response):
    """The webhooks of an institution, the newest first, those that ended too."""

    webhooks: list[WebhookView]


class SecretView(Response):
    """The secret by which messages are known, which is shown this once."""

    id: str
    secret: str = Field(description="`whsec_` and base64; give it to your receiver alone.")


@router.get("")
def list_webhooks(actor: WebhookManager, bank: CurrentBank) -> WebhookList:
    """List the webhooks of one's own institution."""
    with bank.readers.reading() as connection:
        found = endpoints_of(connection, [actor.institution])
    return WebhookList(webhooks=[WebhookView.of(one, bank) for one in found])


@router.post("", status_code=201)
async def add_webhook(
    body: Annotated[WebhookRequest, Body(openapi_examples=examples.WEBHOOK)],
    actor: WebhookManager,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> SecretView:
    """Have messages posted to an address; a repeated attempt is shown the same secret again."""
    secret = attempt.secret(actor, bank)
    command = adding(body, actor, bank, secret)
    await asyncio.to_thread(bank.keystore.keep, command.key)
    added = None
    try:
        written = await attempt.act(command, actor=actor, bank=bank, response=response)
        added = written.answer
    finally:
        if added != command.key.account_id:  # It was refused, or added before.
            await asyncio.to_thread(bank.keystore.destroy, [command.key.account_id])
    return SecretView(id=added, secret=secret_text(secret))


def adding(body: WebhookRequest, actor: Actor, bank: Bank, secret: bytes) -> AddEndpoint:
    """Give the command that adds a webhook, under a key that is drawn and not kept yet.

    Raises `Refusal("webhooks-off")` where this bank posts nothing, and `InvalidInput`.
    """
    if not bank.settings.webhooks:
        raise Refusal("webhooks-off")
    if not set(body.types) <= KIND_OF.keys():
        facts = {"known": tuple(KIND_OF)}
        raise InvalidInput([FieldProblem(field="types", code="kind-unknown", facts=facts)])
    return AddEndpoint(
        institution_id=actor.institution,
        key=bank.keystore.draw(bank.keystore.new_id()),
        url=body.url,
        kinds=tuple(dict.fromkeys(KIND_OF[one] for one in body.types)),
        secret=secret,
        by=actor.id,
    )


@router.get("/{webhook_id}")
def read_webhook(webhook_id: str, actor: WebhookManager, bank: CurrentBank) -> WebhookView:
    """Show one webhook of one's own institution."""
    with bank.readers.reading() as connection:
        found = get_endpoint(connection, webhook_id, actor.institution)
    return WebhookView.of(found, bank)


@router.post("/{webhook_id}/secret", status_code=201)
async def rotate_secret(
    webhook_id: str,
    actor: WebhookManager,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
    body: Annotated[RotationRequest | None, Body(openapi_examples=examples.ROTATION)] = None,
) -> SecretView:
    """Have messages signed with a new secret, and with the former one as long as is said."""
    secret = attempt.secret(actor, bank)
    kept = timedelta(hours=(body or RotationRequest()).former_hours)
    command = RotateSecret(
        endpoint_id=webhook_id,
        institution_id=actor.institution,
        key=await asyncio.to_thread(key_of, webhook_id, actor, bank),
        secret=secret,
        by=actor.id,
        kept=kept,
    )
    await attempt.act(command, actor=actor, bank=bank, response=response)
    return SecretView(id=webhook_id, secret=secret_text(secret))


@router.post("/{webhook_id}/pause", status_code=204)
async def pause_webhook(webhook_id: str, actor: WebhookManager, bank: CurrentBank) -> None:
    """Post nothing for now; what is told meanwhile waits, for 30 days."""
    await _pause(webhook_id, actor, bank, is_paused=True)


@router.post("/{webhook_id}/resumption", status_code=204)
async def resume_webhook(webhook_id: str, actor: WebhookManager, bank: CurrentBank) -> None:
    """Post what waits, and go on."""
    await _pause(webhook_id, actor, bank, is_paused=False)


async def _pause(webhook_id: str, actor: Actor, bank: Bank, *, is_paused: bool) -> None:
    command = PauseEndpoint(
        endpoint_id=webhook_id,
        institution_id=actor.institution,
        by=actor.id,
        is_paused=is_paused,
    )
    await asyncio.wrap_future(bank.writer.submit(command))


@router.post("/{webhook_id}/end", status_code=204)
async def end_webhook(
    webhook_id: str,
    body: Annotated[EndRequest, Body(openapi_examples=examples.END)],
    actor: WebhookManager,
    bank: CurrentBank,
) -> None:
    """Post nothing there any more, and forget its secrets; repeating changes nothing."""
    command = await asyncio.to_thread(ending, webhook_id, body.reason, actor, bank)
    await asyncio.wrap_future(bank.writer.submit(command))


def ending(webhook_id: str, reason: str, actor: Actor, bank: Bank) -> EndEndpoint:
    """Give the command that ends a webhook, also one whose key is not there any more.

    Raises `Refusal("not-found")` alike for another's and for none.
    """
    try:
        key = key_of(webhook_id, actor, bank)
    except Refusal as refusal:
        if refusal.code != "webhook-changed":
            raise
        key = bank.keystore.draw(webhook_id)
    return EndEndpoint(
        endpoint_id=webhook_id,
        institution_id=actor.institution,
        key=key,
        by=actor.id,
        reason=reason,
    )


def key_of(webhook_id: str, actor: Actor, bank: Bank) -> AccountKey:
    """Give the key of a webhook of one's own; raises `Refusal("not-found")` alike for others."""
    with bank.readers.reading() as connection:
        get_endpoint(connection, webhook_id, actor.institution)
    with suppress(SealBroken, KeyError):
        return bank.keystore.get([webhook_id])[webhook_id]
    raise Refusal("webhook-changed")
