"""How the catalogue is stored."""

from sqlalchemy import JSON, BigInteger, Column, LargeBinary, UniqueConstraint
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
    __table_args__ = (UniqueConstraint("institution_id", "code", "version", "valid_from"),)

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
    valid_until: str | None = None
    counting: str = Field(sa_column_kwargs={"server_default": "best"})
    category: str | None = None
    level_framework: str | None = None
    level: int | None = None
    isced_field: str | None = None
    occupation: str | None = None


class CertificationRow(SQLModel, table=True):
    """One submission of a definition, and what became of it; credits are 1/1000.

    `entry_index` is the leaf that certified it, `withdrawal_index` the one that ended it. Who acted
    and the minutes stand behind a salted hash in their public documents.
    """

    __tablename__ = "certification"

    id: str = Field(primary_key=True)
    definition_id: str = Field(foreign_key="definition.id", index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    state: str
    credits: int | None = Field(default=None, sa_type=BigInteger)
    level_framework: str | None = None
    level: int | None = None
    valid_from: str
    valid_until: str | None = None
    quorum: int
    majority: str
    submitted_by: str
    submitted_at: int = Field(sa_type=BigInteger)
    decided_by: str | None = None
    decided_at: int | None = Field(default=None, sa_type=BigInteger)
    minutes: str | None = None
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    entry_index: int | None = Field(default=None, sa_type=BigInteger)
    withdrawn_from: str | None = None
    withdrawn_by: str | None = None
    withdrawal_reason: str | None = None
    withdrawal_index: int | None = Field(default=None, sa_type=BigInteger)


class VoteRow(SQLModel, table=True):
    """One expert's vote 表决, or recusal 回避, on a certification; `person` is a login."""

    __tablename__ = "certification_vote"

    certification_id: str = Field(primary_key=True, foreign_key="certification.id")
    person: str = Field(primary_key=True)
    vote: str
    cast_at: int = Field(sa_type=BigInteger)


class SuccessorRow(SQLModel, table=True):
    """A definition that follows another from a day on: replaced, split or merged."""

    __tablename__ = "definition_successor"

    earlier_id: str = Field(primary_key=True, foreign_key="definition.id")
    later_id: str = Field(primary_key=True, foreign_key="definition.id", index=True)
    kind: str
    from_day: str


class TermRow(SQLModel, table=True):
    """One term of a provider's calendar, with the other names by which it is known."""

    __tablename__ = "term"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    name: str = Field(primary_key=True)
    first_day: str
    last_day: str
    synonyms: list[str] = Field(sa_column=Column(JSON, nullable=False))


class OfferingRow(SQLModel, table=True):
    """One offering 开班/考次 of a definition; `instructors` are staff and never made public."""

    __tablename__ = "offering"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    code: str = Field(primary_key=True)
    definition_id: str = Field(foreign_key="definition.id", index=True)
    term: str
    place: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    instructors: list[str] = Field(sa_column=Column(JSON, nullable=False))


class LevelFrameworkRow(SQLModel, table=True):
    """One framework of levels: ordinals and printed names, and maps to other frameworks."""

    __tablename__ = "level_framework"

    id: str = Field(primary_key=True)
    content: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))


class ProgrammeRow(SQLModel, table=True):
    """One version of a programme plan 专业培养方案; `plan` are its categories, slots and caps."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("institution_id", "code", "version", "valid_from"),)

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id")
    code: str
    version: str
    valid_from: str
    title: str
    title_en: str | None = None
    plan: dict[str, object] | None = Field(default=None, sa_column=Column(JSON))


class EnrolmentRow(SQLModel, table=True):
    """A learner's enrolment 学籍 in a programme; student number and days are sealed.

    `sameness_tag` is keyed by the account: programme and student number, once each.
    """

    __tablename__ = "enrolment"

    id: str = Field(primary_key=True)
    sameness_tag: bytes = Field(sa_type=LargeBinary, unique=True)
    account_id: str = Field(index=True)
    programme_id: str = Field(foreign_key="programme.id", index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    state: str
    sealed_facts: bytes = Field(sa_type=LargeBinary)
