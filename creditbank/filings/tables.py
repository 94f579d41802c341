"""How filings are stored: what was asked, said and found is sealed under the learner's key."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class FilingRow(SQLModel, table=True):
    """One filing; `place` counts the steps of its chain from 0.

    `due_on` is the last day of the step while its clock runs, `days_left` while it is stopped.
    `appeal_of` is the filing whose refusal was appealed against, `notice_id` what told the learner
    of a refusal.
    """

    __tablename__ = "filing"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    rule_id: str
    rule_version: str
    rule_sha256: str
    appeal_of: str | None = Field(default=None, index=True)
    received_on: str
    state: str = Field(index=True)
    place: int
    due_on: str | None = None
    days_left: int | None = None
    is_disputed: bool = False
    conversion_id: str | None = Field(default=None, unique=True)
    refusal: str | None = None
    notice_id: str | None = None
    sealed_request: bytes = Field(sa_type=LargeBinary)


class FilingStepRow(SQLModel, table=True):
    """One act of a filing: what was done at which step of the chain, by which login, and when."""

    __tablename__ = "filing_step"

    filing_id: str = Field(primary_key=True, foreign_key="filing.id")
    number: int = Field(primary_key=True)
    act: str
    step: str
    code: str | None = None
    taken_by: str
    taken_at: int = Field(sa_type=BigInteger)
    sealed_words: bytes = Field(sa_type=LargeBinary)


class PrecedentRow(SQLModel, table=True):
    """What persons decided on one course or certificate for one target; it names nobody.

    `departs` where it was decided otherwise than the last times, with a reason.
    """

    __tablename__ = "precedent"

    filing_id: str = Field(primary_key=True)
    source: str = Field(primary_key=True, index=True)
    target: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    is_granted: bool
    departs: bool
    decided_at: int = Field(sa_type=BigInteger)
