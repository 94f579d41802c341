"""How endpoints and deliveries are stored: where to, and the secrets, only under seal."""

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel


class WebhookEndpointRow(SQLModel, table=True):
    """One address of an institution; nothing is sent that its sealed settings do not say, too.

    `kinds` is what it asks for, `reason` why it ended; since `failing_since` it took nothing.
    """

    __tablename__ = "webhook_endpoint"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    state: str
    reason: str | None = None
    created_at: int = Field(sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)
    changed_by: str
    failing_since: int | None = Field(default=None, sa_type=BigInteger)
    sealed_settings: bytes = Field(sa_type=LargeBinary)


class WebhookDeliveryRow(SQLModel, table=True):
    """One message on its way to one endpoint; it waits while `next_at` says when to try.

    `told_at` is when the message came to be, `created_at` when it was to be delivered, `answer`
    what became of the last attempt.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_endpoint", "endpoint_id", "id"),)

    id: str = Field(primary_key=True)
    endpoint_id: str = Field(foreign_key="webhook_endpoint.id")
    institution_id: str
    message_id: str
    kind: str
    subject_id: str
    facts: dict[str, str | int] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )
    told_at: int = Field(sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger, index=True)
    attempts: int
    next_at: int | None = Field(default=None, sa_type=BigInteger, index=True)
    tried_at: int | None = Field(default=None, sa_type=BigInteger)
    answer: str | None = None
    delivered_at: int | None = Field(default=None, sa_type=BigInteger)
    given_up_at: int | None = Field(default=None, sa_type=BigInteger)
