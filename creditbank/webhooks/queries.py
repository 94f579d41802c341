"""Find endpoints and deliveries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Select, exists, select
from sqlmodel import col

from creditbank.database import table_of
from creditbank.errors import Refusal
from creditbank.webhooks.endpoint import LIVE, Endpoint, EndpointState
from creditbank.webhooks.message import Told
from creditbank.webhooks.tables import WebhookDeliveryRow, WebhookEndpointRow
from creditbank.writer.outbox import unsent_messages


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"  # 待推送
    DELIVERED = "delivered"  # 已送达
    GIVEN_UP = "given-up"  # 未送达，已停止重试


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A stored delivery; times are seconds since 1970."""

    id: str
    endpoint_id: str
    institution_id: str
    message_id: str
    kind: str
    subject_id: str
    facts: Mapping[str, str | int] | None
    told_at: int
    created_at: int
    attempts: int
    next_at: int | None
    tried_at: int | None
    answer: str | None
    delivered_at: int | None
    given_up_at: int | None

    @property
    def state(self) -> DeliveryState:
        """Say where it is."""
        if self.delivered_at is not None:
            return DeliveryState.DELIVERED
        return DeliveryState.WAITING if self.given_up_at is None else DeliveryState.GIVEN_UP

    @property
    def told(self) -> Told:
        """What its receiver is told."""
        return Told(
            kind=self.kind,
            institution_id=self.institution_id,
            subject_id=self.subject_id,
            facts=self.facts or {},
            at=self.told_at,
        )


_ENDPOINTS = select(*(table_of(WebhookEndpointRow).c[name] for name in Endpoint.__slots__))
_DELIVERIES = select(*(table_of(WebhookDeliveryRow).c[name] for name in Delivery.__slots__))


def _endpoints(connection: Connection, wanted: Select[*tuple[object, ...]]) -> list[Endpoint]:
    return [Endpoint(**row) for row in connection.execute(wanted).mappings()]


def _deliveries(connection: Connection, wanted: Select[*tuple[object, ...]]) -> list[Delivery]:
    return [Delivery(**row) for row in connection.execute(wanted).mappings()]


def find_endpoints(connection: Connection, ids: Collection[str]) -> dict[str, Endpoint]:
    """Give those of these endpoints that there are."""
    found = _endpoints(connection, _ENDPOINTS.where(col(WebhookEndpointRow.id).in_(ids)))
    return {one.id: one for one in found}


def endpoints_of(connection: Connection, institution_ids: Collection[str]) -> list[Endpoint]:
    """Give the endpoints of institutions, those that ended too, the newest first."""
    wanted = _ENDPOINTS.where(col(WebhookEndpointRow.institution_id).in_(institution_ids))
    newest = col(WebhookEndpointRow.created_at).desc()
    return _endpoints(connection, wanted.order_by(newest, col(WebhookEndpointRow.id)))


def get_endpoint(connection: Connection, endpoint_id: str, institution_id: str) -> Endpoint:
    """Give an endpoint of an institution; raises `Refusal("not-found")` alike for any other."""
    found = find_endpoints(connection, [endpoint_id]).get(endpoint_id)
    if found is None or found.institution_id != institution_id:
        raise Refusal("not-found")
    return found


def find_deliveries(connection: Connection, ids: Collection[str]) -> dict[str, Delivery]:
    """Give those of these deliveries that there are."""
    found = _deliveries(connection, _DELIVERIES.where(col(WebhookDeliveryRow.id).in_(ids)))
    return {one.id: one for one in found}


def deliveries_to(
    connection: Connection, endpoint_id: str, *, before: str | None, limit: int
) -> list[Delivery]:
    """Give the deliveries to an endpoint before one of them, the newest first."""
    wanted = _DELIVERIES.where(col(WebhookDeliveryRow.endpoint_id) == endpoint_id)
    if before is not None:
        wanted = wanted.where(col(WebhookDeliveryRow.id) < before)
    newest = col(WebhookDeliveryRow.id).desc()
    return _deliveries(connection, wanted.order_by(newest).limit(limit))


def given_up_to(connection: Connection, endpoint_id: str, limit: int) -> list[Delivery]:
    """Give the deliveries to an endpoint that were given up, the oldest first."""
    wanted = _DELIVERIES.where(
        col(WebhookDeliveryRow.endpoint_id) == endpoint_id,
        col(WebhookDeliveryRow.given_up_at).is_not(None),
    )
    return _deliveries(connection, wanted.order_by(col(WebhookDeliveryRow.id)).limit(limit))


def due_deliveries(
    connection: Connection, now: int, without: Collection[str], limit: int
) -> list[Delivery]:
    """Give what is to be tried now at active endpoints but for these, the longest due first."""
    active = exists().where(
        col(WebhookEndpointRow.id) == col(WebhookDeliveryRow.endpoint_id),
        col(WebhookEndpointRow.state) == EndpointState.ACTIVE.value,
    )
    wanted = _DELIVERIES.where(
        col(WebhookDeliveryRow.next_at) <= now,
        col(WebhookDeliveryRow.endpoint_id).not_in(without),
        active,
    )
    oldest = (col(WebhookDeliveryRow.next_at), col(WebhookDeliveryRow.id))
    return _deliveries(connection, wanted.order_by(*oldest).limit(limit))


def live_endpoints(connection: Connection, institution_ids: Collection[str]) -> list[Endpoint]:
    """Give the endpoints of institutions that have not ended."""
    return [one for one in endpoints_of(connection, institution_ids) if one.state in LIVE]


def has_unsent(connection: Connection) -> bool:
    """Say whether a message waits of which no endpoint was told."""
    return bool(unsent_messages(connection, 1))
