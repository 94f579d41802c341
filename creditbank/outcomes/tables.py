"""How outcomes and batches are stored: only what is not personal stands in clear."""

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel


class OutcomeRow(SQLModel, table=True):
    """One recorded outcome; amounts are 1/1000 credits, 1/1000 class hours, and minutes.

    Grade, exact date, certificate and the learner's numbers lie in the sealed statement. An outcome
    that was corrected or made void gives its natural tag up, so that the result can be recorded
    anew; `corrects_id` names the outcome that this one replaced.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        Index("ix_outcome_batch", "batch_id", "entry_index"),
        Index("ix_outcome_institution", "institution_id", "entry_index"),
    )

    id: str = Field(primary_key=True)
    natural_tag: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    account_id: str = Field(index=True)
    definition_id: str = Field(foreign_key="definition.id", index=True)
    institution_id: str = Field(foreign_key="institution.id")
    posted_with: str
    outcome_class: str
    credits: int | None = Field(default=None, sa_type=BigInteger)
    class_hours: int | None = Field(default=None, sa_type=BigInteger)
    minutes: int | None = Field(default=None, sa_type=BigInteger)
    awarded_month: str
    status: str
    batch_id: str | None = None
    offering: str | None = Field(default=None, index=True)
    corrects_id: str | None = Field(default=None, unique=True, foreign_key="outcome.id")
    entry_index: int = Field(sa_type=BigInteger)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class MergedOutcomeRow(SQLModel, table=True):
    """An outcome of a merged account, as the key of the account that goes on knows it.

    Either it is the same result as another outcome, `same_as_id`, which alone counts; or `tag` is
    what its natural tag would be there, and what it states lies there under seal, so that the same
    result is recognised when it is posted again.
    """

    __tablename__ = "merged_outcome"

    outcome_id: str = Field(primary_key=True, foreign_key="outcome.id")
    account_id: str = Field(foreign_key="account.id", index=True)
    tag: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    same_as_id: str | None = Field(default=None, foreign_key="outcome.id")
    sealed_stated: bytes | None = Field(default=None, sa_type=LargeBinary)


class OutcomeRevocationRow(SQLModel, table=True):
    """The revocation of one outcome; status and reason lie in the sealed statement too.

    `reassigned_to` names the outcome that records it for the person whose it is.
    """

    __tablename__ = "outcome_revocation"

    outcome_id: str = Field(primary_key=True, foreign_key="outcome.id")
    id: str = Field(unique=True)
    posted_with: str
    entry_index: int = Field(sa_type=BigInteger)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
    reassigned_to: str | None = None


class HeldRow(SQLModel, table=True):
    """One result that waits for a person to say whose it is 待核, or that waited.

    What was stated is sealed under the key that `key_id` names: that of its batch, or its own. The
    two tags are keyed hashes by which the same row is recognised; a refused one gives its tag up.
    """

    __tablename__ = "held_outcome"

    id: str = Field(primary_key=True)
    natural_tag: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    content_tag: bytes = Field(sa_type=LargeBinary)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    posted_with: str
    batch_id: str | None = Field(default=None, foreign_key="batch.id", index=True)
    reason: str
    state: str
    due_on: str
    held_at: int = Field(sa_type=BigInteger)
    key_id: str
    sealed_row: bytes = Field(sa_type=LargeBinary)
    outcome_id: str | None = None
    decided_by: str | None = None
    sealed_decision: bytes | None = Field(default=None, sa_type=LargeBinary)


class OutcomeEventRow(SQLModel, table=True):
    """What befell an outcome that still is the same: suspended, lifted, or its validity extended.

    Why, and until when, lies in the sealed statement.
    """

    __tablename__ = "outcome_event"

    id: str = Field(primary_key=True)
    outcome_id: str = Field(foreign_key="outcome.id", index=True)
    kind: str
    posted_with: str
    entry_index: int = Field(sa_type=BigInteger, unique=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class BackEntryRow(SQLModel, table=True):
    """A result from an archive that one person entered, until another has checked it.

    What was entered, and why it was refused, is sealed under the learner's key.
    """

    __tablename__ = "back_entry"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    account_id: str
    entered_by: str
    entered_at: int = Field(sa_type=BigInteger)
    due_on: str
    state: str
    decided_by: str | None = None
    decided_at: int | None = Field(default=None, sa_type=BigInteger)
    outcome_id: str | None = None
    sealed_content: bytes = Field(sa_type=LargeBinary)
    sealed_reason: bytes | None = Field(default=None, sa_type=LargeBinary)


class BatchRow(SQLModel, table=True):
    """One uploaded file; `position` counts the data rows already settled.

    `follows_id` names the first batch of a family: the one whose refused rows this one mends.
    """

    __tablename__ = "batch"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    posted_with: str
    state: str
    follows_id: str | None = Field(default=None, index=True, foreign_key="batch.id")
    media_type: str
    options: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    file_sha256: bytes = Field(sa_type=LargeBinary)
    mapping_sha256: bytes = Field(sa_type=LargeBinary)
    position: int = Field(sa_type=BigInteger)
    accepted: int = Field(sa_type=BigInteger)
    duplicate: int = Field(sa_type=BigInteger)
    not_awarded: int = Field(sa_type=BigInteger)
    rejected: int = Field(sa_type=BigInteger)
    conflict: int = Field(sa_type=BigInteger)
    held: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    problem: dict[str, object] | None = Field(default=None, sa_column=Column(JSON))
    entry_index: int | None = Field(default=None, sa_type=BigInteger)
    started_at: int = Field(sa_type=BigInteger)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)


class BatchDecisionRow(SQLModel, table=True):
    """What a person decided about a whole batch; the reason is sealed under the batch's key."""

    __tablename__ = "batch_decision"

    batch_id: str = Field(primary_key=True, foreign_key="batch.id")
    act: str = Field(primary_key=True)
    decided_by: str
    decided_at: int = Field(sa_type=BigInteger)
    reason_class: str | None = None
    sealed_reason: bytes | None = Field(default=None, sa_type=LargeBinary)
    entry_index: int | None = Field(default=None, sa_type=BigInteger)


class BatchPracticeRow(SQLModel, table=True):
    """Whether an institution has its files countersigned by a second person."""

    __tablename__ = "batch_practice"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    two_persons: bool
    decided_by: str
    decided_at: int = Field(sa_type=BigInteger)


class RejectedRow(SQLModel, table=True):
    """One row of a batch that was refused; the row itself is sealed under the batch's key."""

    __tablename__ = "batch_rejected_row"

    batch_id: str = Field(primary_key=True, foreign_key="batch.id")
    row_number: int = Field(primary_key=True, sa_type=BigInteger)
    problems: list[dict[str, object]] = Field(sa_column=Column(JSON, nullable=False))
    sealed_row: bytes = Field(sa_type=LargeBinary)


class ActivityStatementRow(SQLModel, table=True):
    """One statement of a learning system (xAPI), known by a keyed tag; its content by another.

    `outcome_id` is empty where nothing was achieved.
    """

    __tablename__ = "activity_statement"

    tag: bytes = Field(sa_type=LargeBinary, primary_key=True)
    content_tag: bytes = Field(sa_type=LargeBinary)
    institution_id: str = Field(foreign_key="institution.id")
    outcome_id: str | None = Field(default=None, foreign_key="outcome.id", index=True)


class ActivitySourceRow(SQLModel, table=True):
    """What an institution declares of a learning system that sends statements."""

    __tablename__ = "activity_source"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    home_page: str = Field(primary_key=True)
    content: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
