"""How evidence is stored: the row here, the sealed bytes in the evidence store."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class EvidenceRow(SQLModel, table=True):
    """One file of one learner; what it is of, its hash and archive number lie under seal."""

    __tablename__ = "evidence"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    outcome_id: str | None = Field(default=None, index=True)
    issuer: str = Field(foreign_key="institution.id")
    kind: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    added_by: str
    added_at: int = Field(sa_type=BigInteger)
    entry_index: int = Field(sa_type=BigInteger, unique=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
