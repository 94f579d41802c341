"""How attempts and messages are stored."""

from sqlalchemy import JSON, BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


class IdempotencyRow(SQLModel, table=True):
    """One attempt that took effect; `result` is what its command needs to answer again."""

    __tablename__ = "idempotency"

    actor: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: bytes = Field(sa_type=LargeBinary)
    result: str
    created_at: int = Field(sa_type=BigInteger, index=True)


class OutboxRow(SQLModel, table=True):
    """One message to an institution, written with what it tells of; it names no person.

    An id begins with a ledger index of its commit, so ids rise in the order of the commits.
    `facts` are codes, counts and ids; since `sent_on_at` the webhooks of the institution have it.
    """

    __tablename__ = "outbox"

    id: str = Field(primary_key=True)
    institution_id: str = Field(index=True)
    kind: str
    subject_id: str
    facts: dict[str, str | int] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )
    created_at: int = Field(sa_type=BigInteger)
    acknowledged_at: int | None = Field(default=None, sa_type=BigInteger)
    sent_on_at: int | None = Field(default=None, sa_type=BigInteger, index=True)
