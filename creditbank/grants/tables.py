"""How standing grants are stored: whom they are to in clear, what they show under seal."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel


class GrantRow(SQLModel, table=True):
    """One standing grant to an employer; times are whole seconds since 1970-01-01 UTC.

    `ledger_size` is how many leaves the log had when it was given. What it shows, what it is for
    and whose name is on it lie in the sealed document.
    """

    __tablename__ = "standing_grant"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    given_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    ledger_size: int = Field(sa_type=BigInteger)
    sealed_document: bytes = Field(sa_type=LargeBinary)


class GrantOutcomeRow(SQLModel, table=True):
    """One outcome that a grant shows."""

    __tablename__ = "standing_grant_outcome"

    grant_id: str = Field(primary_key=True, foreign_key="standing_grant.id")
    outcome_id: str = Field(primary_key=True, foreign_key="outcome.id", index=True)


class GrantLookRow(SQLModel, table=True):
    """One look of the employer, shown to the learner; `ledger_size` is the log that it saw.

    It is null for a look after which changes are counted as before: one that told nothing, or what
    changed since a stated time.
    """

    __tablename__ = "standing_grant_look"
    __table_args__ = (Index("ix_standing_grant_look_grant", "grant_id", "looked_at"),)

    id: str = Field(primary_key=True)
    grant_id: str = Field(foreign_key="standing_grant.id")
    looked_at: int = Field(sa_type=BigInteger)
    ledger_size: int | None = Field(default=None, sa_type=BigInteger)
    verdict: str
