"""How measures are stored: what was decided in clear, why under the measure's own key."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class MeasureRow(SQLModel, table=True):
    """What was decided about the outcomes of a list, and how far it is done.

    `follows_id` names the measure whose list this one takes up again.
    """

    __tablename__ = "measure"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    act: str
    follows_id: str | None = Field(default=None, foreign_key="measure.id")
    posted_with: str
    state: str = Field(index=True)
    entry_index: int = Field(sa_type=BigInteger, unique=True)
    sealed_reason: bytes = Field(sa_type=LargeBinary)


class MeasureOutcomeRow(SQLModel, table=True):
    """One outcome on the list of a measure."""

    __tablename__ = "measure_outcome"

    measure_id: str = Field(primary_key=True, foreign_key="measure.id")
    outcome_id: str = Field(primary_key=True, foreign_key="outcome.id", index=True)
