"""How the catalogue is stored."""

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class SchemeRow(SQLModel, table=True):
    """One credit scheme 学分标准 as an institution declared it."""

    __tablename__ = "scheme"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    content: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))


class DefinitionRow(SQLModel, table=True):
    """One version of an outcome definition; amounts are 1/1000 credits and minutes."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("institution_id", "code", "version"),)

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id")
    code: str
    version: str
    title: str
    title_en: str | None = None
    outcome_class: str
    scheme_id: str
    credits: int | None = Field(default=None, sa_type=BigInteger)
    minutes: int | None = Field(default=None, sa_type=BigInteger)
    valid_from: str
