"""How rules are stored."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class RuleRow(SQLModel, table=True):
    """One version of a rule: its canonical bytes, and the SHA-256 in hexadecimal that names it.

    `entry_index` is the leaf that published it; a draft has none and may still be replaced.
    """

    __tablename__ = "rule"

    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id")
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(index=True)
    drafted_by: str
    published_by: str | None = None
    entry_index: int | None = Field(default=None, sa_type=BigInteger)
