"""How access is stored."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class ApiKeyRow(SQLModel, table=True):
    """One API key of an institution; the secret itself is shown once and never stored."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    secret_hash: bytes = Field(sa_type=LargeBinary)
    created_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
