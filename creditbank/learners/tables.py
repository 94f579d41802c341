"""How accounts are stored: only what is not personal stands in clear."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    """One account; number, name and the provider's learner number lie in the sealed statement."""

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    state: str
    identity_level: int
    opened_by: str = Field(foreign_key="institution.id")
    entry_index: int = Field(sa_type=BigInteger)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
