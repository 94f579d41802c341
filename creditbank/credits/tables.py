"""How conversions are stored: codes and credits in clear; inputs and trace under seal."""

from sqlalchemy import JSON, BigInteger, Column, LargeBinary, false
from sqlmodel import Field, SQLModel


class ConversionRow(SQLModel, table=True):
    """One decided conversion; `credits` are 1/1000, `codes` name the tests that failed.

    The statement under seal holds the filing and the decision with its trace. A reversal changes
    the status alone: grants and uses stay, and count only while the conversion stands. What it uses
    is used up in `scope`.
    """

    __tablename__ = "conversion"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    institution_id: str = Field(foreign_key="institution.id")
    rule_id: str = Field(index=True)
    rule_version: str
    rule_sha256: str
    engine: str
    credits: int = Field(sa_type=BigInteger)
    codes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    filed_month: str
    scope: str = Field(sa_column_kwargs={"server_default": "anywhere"})
    enrolment_id: str | None = Field(default=None, foreign_key="enrolment.id", index=True)
    status: str
    decided_with: str
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class ConversionReversalRow(SQLModel, table=True):
    """The reversal of one conversion; `outcome_id` is the outcome that was taken back or corrected.

    An appeal needs none. Why the outcome was taken back lies in the sealed statement.
    """

    __tablename__ = "conversion_reversal"

    conversion_id: str = Field(primary_key=True, foreign_key="conversion.id")
    id: str = Field(unique=True)
    cause: str = Field(sa_column_kwargs={"server_default": "outcome"})
    outcome_id: str | None = Field(default=None, foreign_key="outcome.id")
    decided_with: str
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class ConversionReviewRow(SQLModel, table=True):
    """One conversion of which an outcome, `outcome_id`, was corrected, and what became of it.

    What the learner answered is sealed under her key; `notice_id` is the notice that asked her.
    """

    __tablename__ = "conversion_review"

    conversion_id: str = Field(primary_key=True, foreign_key="conversion.id")
    outcome_id: str = Field(foreign_key="outcome.id")
    state: str = Field(index=True)
    due_on: str | None = None
    working_days: int | None = None
    notice_id: str | None = None
    sealed_answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    replaced_by: str | None = None


class ConversionConflictRow(SQLModel, table=True):
    """That a conversion is frozen, for another account of the same person used the same before it.

    `counts_entry` is the ledger index of that use; the conversion is frozen from the entry `since`
    that merged the two accounts up to the one that parts them, `until`.
    """

    __tablename__ = "conversion_conflict"

    conversion_id: str = Field(primary_key=True, foreign_key="conversion.id")
    counts_entry: int = Field(primary_key=True, sa_type=BigInteger)
    since: int = Field(primary_key=True, sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)


class OutsideUseRow(SQLModel, table=True):
    """That an outcome was used outside the bank, or, naming what it withdraws, that it was not.

    `unit_tag` finds it among all uses of one achievement; where it was used lies under seal.
    """

    __tablename__ = "outside_use"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    institution_id: str = Field(foreign_key="institution.id")
    outcome_id: str = Field(foreign_key="outcome.id", index=True)
    withdraws_id: str | None = Field(default=None, foreign_key="outside_use.id", unique=True)
    unit_tag: bytes = Field(sa_type=LargeBinary, index=True)
    nullifier: bytes = Field(sa_type=LargeBinary)
    stated_with: str
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class ConversionGrantRow(SQLModel, table=True):
    """What one conversion grants for one target, in 1/1000 credits or points."""

    __tablename__ = "conversion_grant"

    conversion_id: str = Field(primary_key=True, foreign_key="conversion.id")
    target: str = Field(primary_key=True)
    credits: int = Field(sa_type=BigInteger)
    unit: str = Field(sa_column_kwargs={"server_default": "credits"})
    exempts: bool = Field(sa_column_kwargs={"server_default": false()})
    category: str | None = None
    grade: str | None = None
    in_parts: bool = Field(sa_column_kwargs={"server_default": false()})


class ConversionUseRow(SQLModel, table=True):
    """A part of an outcome that a conversion uses; `unit_tag` finds all uses of one achievement.

    The part runs from `part_start` up to `part_end` of its unit; without a unit it is all of it.
    """

    __tablename__ = "conversion_use"

    conversion_id: str = Field(primary_key=True, foreign_key="conversion.id")
    nullifier: bytes = Field(primary_key=True, sa_type=LargeBinary)
    outcome_id: str = Field(foreign_key="outcome.id", index=True)
    unit_tag: bytes = Field(sa_type=LargeBinary, index=True)
    part_unit: str | None = None
    part_start: int = Field(sa_type=BigInteger)
    part_end: int = Field(sa_type=BigInteger)
