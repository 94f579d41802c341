"""How applications are stored: places and credits in clear; inputs, trace and reasons sealed."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class ApplicationRow(SQLModel, table=True):
    """What of one conversion was applied to an enrolment at once; `credits` are 1/1000.

    The statement under seal holds the inputs and the result with its trace. `institution_id` is the
    school of the enrolment. The status alone changes.
    """

    __tablename__ = "application"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    enrolment_id: str | None = Field(default=None, foreign_key="enrolment.id", index=True)
    conversion_id: str = Field(foreign_key="conversion.id", index=True)
    credits: int = Field(sa_type=BigInteger)
    engine: str
    status: str
    decided_with: str
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class ApplicationPartRow(SQLModel, table=True):
    """What one application puts in one place of the plan, in 1/1000 credits."""

    __tablename__ = "application_part"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    target: str = Field(primary_key=True)
    category: str | None = None
    credits: int = Field(sa_type=BigInteger)


class ApplicationEntryRow(SQLModel, table=True):
    """What the school answered to one application; its words lie in the sealed statement."""

    __tablename__ = "application_entry"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    id: str = Field(unique=True)
    verdict: str
    reason: str | None = None
    entered_on: str
    decided_with: str
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
