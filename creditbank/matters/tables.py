"""How matters are stored: what was asked and said is sealed under the learner's key."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class MatterRow(SQLModel, table=True):
    """One matter; `due_on` is its last day while the clock runs, `days_left` while it is stopped.

    `about_id` names the deposit whose certification is asked for, `disputed_id` the outcome that
    is disputed, `conversion_id` the conversion and `appeal_of` the refused matter that is appealed
    against; `notice_id` is what told the learner of a refusal.
    """

    __tablename__ = "matter"

    id: str = Field(primary_key=True)
    kind: str
    account_id: str = Field(index=True)
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    about_id: str | None = Field(default=None, foreign_key="matter.id")
    disputed_id: str | None = Field(default=None, index=True)
    conversion_id: str | None = Field(default=None, index=True)
    appeal_of: str | None = Field(default=None, index=True)
    notice_id: str | None = None
    state: str
    received_on: str
    due_on: str | None = None
    days_left: int | None = None
    outcome_id: str | None = None
    sealed_content: bytes = Field(sa_type=LargeBinary)


class MatterStepRow(SQLModel, table=True):
    """One step of a matter: what was done, by which login, when, and what was said."""

    __tablename__ = "matter_step"

    matter_id: str = Field(primary_key=True, foreign_key="matter.id")
    number: int = Field(primary_key=True)
    kind: str
    code: str | None = None
    taken_by: str
    taken_at: int = Field(sa_type=BigInteger)
    sealed_text: bytes = Field(sa_type=LargeBinary)
