"""How passes are stored: the token as a hash, everything personal under the learner's key."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel


class PassRow(SQLModel, table=True):
    """One learning pass; times are whole seconds since 1970-01-01 UTC.

    Those that were created before there were status lists have no place in one.
    """

    __tablename__ = "learning_pass"
    __table_args__ = (Index("ix_learning_pass_status", "status_list", "status_index", unique=True),)

    id: str = Field(primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    account_id: str = Field(index=True)
    issued_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    status_list: int | None = None
    status_index: int | None = None
    pin_hash: str | None = None
    sealed_token: bytes = Field(sa_type=LargeBinary)
    sealed_document: bytes = Field(sa_type=LargeBinary)


class PassOutcomeRow(SQLModel, table=True):
    """One outcome that a pass shows."""

    __tablename__ = "learning_pass_outcome"

    pass_id: str = Field(primary_key=True, foreign_key="learning_pass.id")
    outcome_id: str = Field(primary_key=True, foreign_key="outcome.id", index=True)


class PassViewRow(SQLModel, table=True):
    """One look at a pass, shown to its holder."""

    __tablename__ = "learning_pass_view"

    id: str = Field(primary_key=True)
    pass_id: str = Field(foreign_key="learning_pass.id", index=True)
    viewed_at: int = Field(sa_type=BigInteger)
    verdict: str
