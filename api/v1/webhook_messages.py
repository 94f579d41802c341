"""The messages that the bank posts, for the `webhooks` of the API's description (OpenAPI 3.1).

Nothing here is called: receivers are other people's programs.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header
from pydantic import BaseModel, ConfigDict, Field

from api.v1.examples import examples_of
from api.v1.webhook_examples import MEANINGS, posted
from creditbank.webhooks.message import type_of

router = APIRouter(tags=["webhooks"])


class MessageData(BaseModel):
    """What a message is about: ids, codes and counts, nobody's name or number."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(description="Id of what it is about.")
    url: str = Field(description="Where that is read.")
    institution: str = Field(description="Whom it was told.")


class PostedMessage(BaseModel):
    """The body of a message, as Standard Webhooks says."""

    type: str
    timestamp: str = Field(description="When what it tells came to be (RFC 3339).")
    data: MessageData


def _describe(kind: str, zh: str, en: str) -> None:
    example: Any = posted(kind)
    shown = examples_of(message=(f"{zh} {en}", example))

    async def receive(
        body: Annotated[PostedMessage, Body(openapi_examples=shown)],
        webhook_id: Annotated[str, Header(description="The same when it is posted again.")],
        webhook_timestamp: Annotated[str, Header(description="Of this attempt, in Unix time.")],
        webhook_signature: Annotated[
            str, Header(description="`v1,` and base64 of HMAC-SHA-256; two while a secret rotates.")
        ],
    ) -> None:
        del body, webhook_id, webhook_timestamp, webhook_signature

    router.post(
        type_of(kind),
        summary=en,
        description=f"{en} {zh}。Answer with 2xx within ten seconds; 410 ends the webhook.",
        operation_id=f"webhook_{kind.replace('-', '_')}",
    )(receive)


for _kind, (_zh, _en) in MEANINGS.items():
    _describe(_kind, _zh, _en)
