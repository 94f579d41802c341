"""What an institution is told: it asks for messages, and says up to which one it has them."""

import asyncio
from collections.abc import Collection
from typing import Annotated, Self

from fastapi import APIRouter, Body, Query
from pydantic import Field

from api.dependencies import CurrentBank, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1 import application_examples as examples
from api.v1.fields import Request, ShortText, one_of
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.webhooks.message import read_at, told_of, type_of
from creditbank.writer.outbox import (
    OF_CREDIT,
    AcknowledgeMessages,
    Message,
    MessageKind,
    messages_for,
)

router = APIRouter(prefix="/api/v1/messages", tags=["messages"])

PAGE_MAX = 200
_KINDS = one_of(MessageKind)


class MessageView(Response):
    """One message; it names no person, and what it is about is read by its own route."""

    id: str
    kind: str = Field(description=one_of(MessageKind))
    type: str = Field(description="The same kind as webhooks say it.", examples=["credit.to_enter"])
    subject: str = Field(description="Id of what it is about, such as the application 计入.")
    url: str = Field(description="Where that is read.")
    facts: dict[str, str | int] = Field(description="Codes, counts and ids that belong to it.")
    created_at: int = Field(description="Seconds since 1970, UTC.")

    @classmethod
    def of(cls, message: Message, bank: Bank) -> Self:
        """Show a message."""
        return cls(
            id=message.id,
            kind=message.kind,
            type=type_of(message.kind),
            subject=message.subject_id,
            url=read_at(told_of(message), bank.settings.origin),
            facts=dict(message.facts or {}),
            created_at=message.created_at,
        )


class MessageList(Response):
    """Messages in the order in which they came; `next` leads on where there are more."""

    messages: list[MessageView]
    next: str | None = None


class AcknowledgementRequest(Request):
    """Up to which message, itself included, everything has arrived."""

    up_to: ShortText = Field(description="Id of the last message that has arrived.")
    kinds: Annotated[list[ShortText], Field(max_length=20)] | None = Field(
        default=None, description=f"Of which kinds; those of credit unless said. {_KINDS}"
    )


@router.get("")
def list_messages(
    actor: OutcomesReader,
    bank: CurrentBank,
    after: Annotated[str, Query(max_length=64, description="Id of the last message known.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
    kind: Annotated[
        list[ShortText] | None,
        Query(max_length=20, description=f"Of these kinds; those of credit unless said. {_KINDS}"),
    ] = None,
) -> MessageList:
    """List the messages to one's own institution that it did not acknowledge, oldest first.

    Those that are not of credit are kept for 30 days.
    """
    kinds = _kinds(kind, "kind")
    with bank.readers.reading() as connection:
        found = messages_for(
            connection, actor.institution, after=after, limit=limit + 1, kinds=kinds
        )
    page, more = found[:limit], None
    if len(found) > limit:
        asked = "".join(f"&kind={one}" for one in kind or ())
        more = f"/api/v1/messages?after={page[-1].id}&limit={limit}{asked}"
    return MessageList(messages=[MessageView.of(one, bank) for one in page], next=more)


@router.post("/acknowledgement", status_code=204)
async def acknowledge_messages(
    body: Annotated[AcknowledgementRequest, Body(openapi_examples=examples.ACKNOWLEDGEMENT)],
    actor: OutcomesWriter,
    bank: CurrentBank,
) -> None:
    """Say up to which message everything has arrived; it is not listed again."""
    command = AcknowledgeMessages(
        institution_id=actor.institution, up_to=body.up_to, kinds=_kinds(body.kinds, "kinds")
    )
    await asyncio.wrap_future(bank.writer.submit(command))


def _kinds(named: Collection[str] | None, field: str) -> Collection[MessageKind]:
    """Read kinds; who names none means those that there always were. Raises `InvalidInput`."""
    if named is None:
        return OF_CREDIT
    if not set(named) <= set(MessageKind):
        facts = {"known": tuple(one.value for one in MessageKind)}
        raise InvalidInput([FieldProblem(field=field, code="kind-unknown", facts=facts)])
    return [MessageKind(one) for one in named]
