"""How the ends of accounts are stored; an erasure that was carried out has no row any more."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class ErasureRow(SQLModel, table=True):
    """One erasure that a learner asked for; `leaf_id` and `account_tag` are kept once it begins.

    They are her tombstone's, made while her key was still there: a crash after its destruction
    loses nothing that the tombstone needs.
    """

    __tablename__ = "erasure"

    account_id: str = Field(primary_key=True)
    asked_at: int = Field(sa_type=BigInteger)
    asked_by: str
    due_day: str = Field(index=True)
    leaf_id: bytes | None = Field(default=None, sa_type=LargeBinary)
    account_tag: bytes | None = Field(default=None, sa_type=LargeBinary)


class AccountMergeRow(SQLModel, table=True):
    """One entry of a merge, or of its undoing: each makes two, one under either account's key.

    The two accounts are named until one of them is erased.
    """

    __tablename__ = "account_merge"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    act: str
    merged_id: str | None = Field(default=None, index=True)
    survivor_id: str | None = None
    decided_by: str
    entry_index: int = Field(sa_type=BigInteger)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
