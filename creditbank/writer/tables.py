"""How attempts are stored."""

from sqlalchemy import BigInteger, LargeBinary
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
