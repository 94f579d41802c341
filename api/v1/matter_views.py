"""A matter as its citizen and its institution see it."""

from datetime import UTC, date, datetime
from typing import Self

from pydantic import Field

from api.response import Response
from creditbank.conversion.days import CIVIL_TIME
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.queries import Matter, Step


class StepView(Response):
    """One step: what was done, by whom, when, and what was said."""

    kind: str
    code: str | None
    by: str
    at: str
    text: str

    @classmethod
    def of(cls, step: Step, key: AccountKey) -> Self:
        """Open a step."""
        at = datetime.fromtimestamp(step.taken_at, UTC).astimezone(CIVIL_TIME)
        return cls(
            kind=step.kind,
            code=step.code,
            by=step.taken_by,
            at=at.isoformat(),
            text=step.text(key),
        )


class MatterView(Response):
    """A matter with its clock and its history."""

    id: str
    kind: str
    state: str
    institution: str | None
    deposit: str | None = Field(description="The deposit whose certification is asked for.")
    received_on: str
    due_on: str | None = Field(description="The last day to decide; absent while it is returned.")
    late: bool
    outcome: str | None
    content: dict[str, str]
    evidence: list[str] = Field(description="Ids of the pieces of evidence that it names.")
    steps: list[StepView]

    @classmethod
    def of(cls, matter: Matter, steps: list[Step], key: AccountKey, today: date) -> Self:
        """Open a matter."""
        return cls(
            id=matter.id,
            kind=matter.kind,
            state=matter.state,
            institution=matter.institution_id,
            deposit=matter.about_id,
            received_on=matter.received_on,
            due_on=matter.due_on,
            late=matter.progress.is_late(today),
            outcome=matter.outcome_id,
            content=matter.content(key),
            evidence=matter.evidence(key),
            steps=[StepView.of(step, key) for step in steps],
        )


class MattersView(Response):
    """Matters with their history."""

    matters: list[MatterView]
