"""How the ends of accounts are stored: only what is not personal stands in clear."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class AccountMergeRow(SQLModel, table=True):
    """One entry of a merge, or of its undoing: each makes two, one under either account's key."""

    __tablename__ = "account_merge"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    act: str
    merged_id: str = Field(foreign_key="account.id", index=True)
    survivor_id: str = Field(foreign_key="account.id")
    decided_by: str
    entry_index: int = Field(sa_type=BigInteger)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
