"""What became of the messages that were posted to a webhook; a test, and sending again."""

from typing import Annotated, Self

from fastapi import APIRouter, Body, Query
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank
from api.response import Response
from api.v1 import webhook_examples as examples
from api.v1.fields import Request, ShortText, one_of
from api.v1.webhooks import WebhookManager
from creditbank.errors import Refusal
from creditbank.webhooks.ask_again import SendAgain, SendTest
from creditbank.webhooks.deliver import Answer
from creditbank.webhooks.message import type_of
from creditbank.webhooks.queries import Delivery, DeliveryState, deliveries_to, get_endpoint

router = APIRouter(prefix="/api/v1/webhooks/{webhook_id}", tags=["webhooks"])

PAGE_MAX = 100


class DeliveryView(Response):
    """One message on its way; times are Unix times."""

    id: str
    message: str = Field(description="Its `webhook-id`, by which a receiver knows it again.")
    kind: str
    type: str
    subject: str
    state: str = Field(description=one_of(DeliveryState))
    attempts: int = Field(description="Since it was asked for last.")
    answer: str | None = Field(
        description=f"Of the last attempt, by the class of its status. {one_of(Answer)}"
    )
    told_at: int = Field(description="When what it tells came to be.")
    tried_at: int | None
    next_at: int | None
    delivered_at: int | None
    given_up_at: int | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Show a delivery."""
        return cls(
            id=delivery.id,
            message=delivery.message_id,
            kind=delivery.kind,
            type=type_of(delivery.kind),
            subject=delivery.subject_id,
            state=delivery.state.value,
            attempts=delivery.attempts,
            answer=delivery.answer,
            told_at=delivery.told_at,
            tried_at=delivery.tried_at,
            next_at=delivery.next_at,
            delivered_at=delivery.delivered_at,
            given_up_at=delivery.given_up_at,
        )


class DeliveryList(Response):
    """Deliveries, the newest first; `next` leads on where there are more."""

    deliveries: list[DeliveryView]
    next: str | None = None


class TestView(Response):
    """The delivery of a test message."""

    delivery: str


class RepetitionRequest(Request):
    """What shall be sent again."""

    delivery: ShortText | None = Field(
        default=None, description="One delivery; without it, all that were given up (500 at most)."
    )


class RepetitionView(Response):
    """How many are sent again."""

    deliveries: int


@router.get("/deliveries")
def list_deliveries(
    webhook_id: str,
    actor: WebhookManager,
    bank: CurrentBank,
    before: Annotated[
        str | None, Query(max_length=64, description="Delivery to go on before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> DeliveryList:
    """List what was posted or waits to be, of the last 30 days."""
    with bank.readers.reading() as connection:
        get_endpoint(connection, webhook_id, actor.institution)
        found = deliveries_to(connection, webhook_id, before=before, limit=limit + 1)
    page, more = found[:limit], None
    if len(found) > limit:
        path = f"/api/v1/webhooks/{webhook_id}/deliveries"
        more = f"{path}?before={page[-1].id}&limit={limit}"
    return DeliveryList(deliveries=[DeliveryView.of(one) for one in page], next=more)


@router.post("/tests", status_code=202)
async def send_test(
    webhook_id: str,
    actor: WebhookManager,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> TestView:
    """Have a test message posted, within seconds; what became of it stands among the deliveries."""
    if not bank.settings.webhooks:
        raise Refusal("webhooks-off")
    command = SendTest(endpoint_id=webhook_id, institution_id=actor.institution)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return TestView(delivery=written.answer)


@router.post("/repetitions", status_code=202)
async def send_again(
    webhook_id: str,
    body: Annotated[RepetitionRequest, Body(openapi_examples=examples.AGAIN)],
    actor: WebhookManager,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> RepetitionView:
    """Post one message again, or every one that was given up; each keeps its id."""
    command = SendAgain(
        endpoint_id=webhook_id, institution_id=actor.institution, delivery_id=body.delivery
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return RepetitionView(deliveries=written.answer)
