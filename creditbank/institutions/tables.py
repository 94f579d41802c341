"""How institutions are stored."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class InstitutionRow(SQLModel, table=True):
    """One institution; `parent_id` gives the tree, `entry_index` its leaf on the ledger."""

    __tablename__ = "institution"

    id: str = Field(primary_key=True)
    kind: str
    name: str
    name_en: str | None = None
    uscc: str | None = None
    parent_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    entry_index: int = Field(sa_type=BigInteger)
