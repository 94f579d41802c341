"""What an institution asks of deliveries: a test message, and that one be sent again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.errors import Refusal
from creditbank.webhooks.change import own_endpoint
from creditbank.webhooks.deliver import delivery_row
from creditbank.webhooks.endpoint import Endpoint, require_live
from creditbank.webhooks.message import TEST
from creditbank.webhooks.queries import Delivery, find_deliveries, find_endpoints, given_up_to
from creditbank.webhooks.tables import WebhookDeliveryRow
from creditbank.writer.command import AnsweredById, Decision, Moment
from creditbank.writer.outbox import Message
from ledger.leaf import new_id

AT_ONCE_MAX = 500
"""How many that were given up are sent again at one asking; ask again for the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTest(AnsweredById):
    """Ask for a test message to an endpoint of one's own; the answer is the delivery's id."""

    endpoint_id: str
    institution_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Mapping[str, Endpoint]:
        """Load the endpoints."""
        return find_endpoints(connection, {command.endpoint_id for command in commands})

    def decide(
        self, state: Mapping[str, Endpoint], moment: Moment
    ) -> Decision[Mapping[str, Endpoint], str]:
        """Send it; raises a `Refusal`: "not-found", "webhook-ended"."""
        endpoint = own_endpoint(state, self.endpoint_id, self.institution_id)
        require_live(endpoint)
        message = Message(
            id=f"test-{new_id(moment.now, moment.entropy).hex()}",
            institution_id=self.institution_id,
            kind=TEST,
            subject_id=endpoint.id,
            facts=None,
            created_at=int(moment.now.timestamp()),
            acknowledged_at=None,
        )
        row = delivery_row(message, endpoint.id, moment)
        return Decision(answer=str(row["id"]), state=state, rows={WebhookDeliveryRow: [row]})


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The endpoints and deliveries that commands name, and what was given up by endpoint."""

    endpoints: Mapping[str, Endpoint]
    deliveries: Mapping[str, Delivery]
    given_up: Mapping[str, Sequence[Delivery]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgain:
    """Ask that a delivery be sent again, or every one that was given up.

    Its schedule begins anew; the message keeps its id, so that its receiver knows it.
    """

    endpoint_id: str
    institution_id: str
    delivery_id: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        named = {one.delivery_id for one in commands if one.delivery_id is not None}
        every = {one.endpoint_id for one in commands if one.delivery_id is None}
        return State(
            endpoints=find_endpoints(connection, {one.endpoint_id for one in commands}),
            deliveries=find_deliveries(connection, named),
            given_up={one: given_up_to(connection, one, AT_ONCE_MAX) for one in every},
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, int]:
        """Let them wait anew; the answer is how many.

        Raises a `Refusal`: "not-found", "webhook-ended".
        """
        endpoint = own_endpoint(state.endpoints, self.endpoint_id, self.institution_id)
        require_live(endpoint)
        ids = self._asked(state)
        if not ids:
            return Decision(answer=0, state=state)
        again = update(WebhookDeliveryRow).where(col(WebhookDeliveryRow.id).in_(ids))
        now = int(moment.now.timestamp())
        change = again.values(attempts=0, next_at=now, delivered_at=None, given_up_at=None)
        return Decision(answer=len(ids), state=state, changes=[change])

    def _asked(self, state: State) -> list[str]:
        if self.delivery_id is None:
            return [one.id for one in state.given_up[self.endpoint_id]]
        found = state.deliveries.get(self.delivery_id)
        if found is None or found.endpoint_id != self.endpoint_id:
            raise Refusal("not-found")
        return [found.id]

    @classmethod
    def remember(cls, answer: int) -> str:
        """Keep how many they were."""
        return str(answer)

    @classmethod
    def recall(cls, result: str) -> int:
        """Give the first answer again."""
        return int(result)
