"""What an institution is told: it asks for messages, and says up to which one it has them."""

import asyncio
from typing import Annotated, Self

from fastapi import APIRouter, Body, Query
from pydantic import Field

from api.dependencies import CurrentBank, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1 import application_examples as examples
from api.v1.fields import Request, ShortText, one_of
from creditbank.writer.outbox import AcknowledgeMessages, Message, MessageKind, messages_for

router = APIRouter(prefix="/api/v1/messages", tags=["messages"])

PAGE_MAX = 200


class MessageView(Response):
    """One message; it names no person, and what it is about is read by its own route."""

    id: str
    kind: str = Field(description=one_of(MessageKind))
    subject: str = Field(description="Id of the application 计入 that it is about.")
    created_at: int = Field(description="Seconds since 1970, UTC.")

    @classmethod
    def of(cls, message: Message) -> Self:
        """Show a message."""
        return cls(
            id=message.id,
            kind=message.kind,
            subject=message.subject_id,
            created_at=message.created_at,
        )


class MessageList(Response):
    """Messages in the order in which they came; `next` leads on where there are more."""

    messages: list[MessageView]
    next: str | None = None


class AcknowledgementRequest(Request):
    """Up to which message, itself included, everything has arrived."""

    up_to: ShortText = Field(description="Id of the last message that has arrived.")


@router.get("")
def list_messages(
    actor: OutcomesReader,
    bank: CurrentBank,
    after: Annotated[str, Query(max_length=64, description="Id of the last message known.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> MessageList:
    """List the messages to one's own institution that it did not acknowledge, oldest first."""
    with bank.readers.reading() as connection:
        found = messages_for(connection, actor.institution, after=after, limit=limit + 1)
    page = found[:limit]
    more = f"/api/v1/messages?after={page[-1].id}&limit={limit}" if len(found) > limit else None
    return MessageList(messages=[MessageView.of(one) for one in page], next=more)


@router.post("/acknowledgement", status_code=204)
async def acknowledge_messages(
    body: Annotated[AcknowledgementRequest, Body(openapi_examples=examples.ACKNOWLEDGEMENT)],
    actor: OutcomesWriter,
    bank: CurrentBank,
) -> None:
    """Say up to which message everything has arrived; it is not listed again."""
    command = AcknowledgeMessages(institution_id=actor.institution, up_to=body.up_to)
    await asyncio.wrap_future(bank.writer.submit(command))
