"""How institutions are stored: as registered, and each change from its own day on."""

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel


class InstitutionRow(SQLModel, table=True):
    """One institution as registered, which nothing changes; `entry_index` is its first leaf.

    Days are ISO 8601 texts; `region` is a code of the list of `region_year`.
    """

    __tablename__ = "institution"

    id: str = Field(primary_key=True)
    kind: str
    name: str
    name_en: str | None = None
    uscc: str | None = None
    parent_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    region: str | None = None
    region_year: int | None = None
    since: str | None = None
    entry_index: int = Field(sa_type=BigInteger)


class InstitutionChangeRow(SQLModel, table=True):
    """One change of an institution and its leaf; what the act does not replace is null.

    `reason`, `ask` and `ordered_by` are those of a suspension, and of its end.
    """

    __tablename__ = "institution_change"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    act: str
    since: str
    name: str | None = None
    name_en: str | None = None
    uscc: str | None = None
    parent_id: str | None = Field(default=None, foreign_key="institution.id")
    region: str | None = None
    region_year: int | None = None
    successors: list[str] = Field(sa_column=Column(JSON, nullable=False))
    reason: str | None = None
    ask: str | None = None
    ordered_by: str | None = None
    entry_index: int = Field(sa_type=BigInteger, unique=True)
