"""How rules are stored."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary
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


class RuleCourseRow(SQLModel, table=True):
    """A course that a published version takes or gives, as its document says, in its order.

    Rules are found by it: the document alone decides.
    """

    __tablename__ = "rule_course"
    __table_args__ = (
        ForeignKeyConstraint(["rule_id", "version"], ["rule.id", "rule.version"]),
        Index("ix_rule_course_code", "role", "code"),
    )

    rule_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    place: int = Field(primary_key=True)
    role: str
    code: str
    category: str | None = None
    providers: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class RuleSimulationRow(SQLModel, table=True):
    """What a version was simulated with: a canonical document, and the SHA-256 that names it.

    The document says of which bytes of the version, by whom, when, on which ledger, with which
    result; the leaf that publishes these bytes may name it.
    """

    __tablename__ = "rule_simulation"
    __table_args__ = (ForeignKeyConstraint(["rule_id", "version"], ["rule.id", "rule.version"]),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    rule_id: str = Field(index=True)
    version: str
    content: bytes = Field(sa_type=LargeBinary)
