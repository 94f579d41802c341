"""A matter as its citizen and its institution see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self

from pydantic import Field

from api.response import Response
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.conversion.working_days import WorkingDays
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import Notice
from creditbank.matters.appeal import appeal_until, is_appealable, refusal_notices
from creditbank.matters.queries import Matter, Step, appeals_of, steps_of


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
    disputed: str | None = Field(description="The outcome that is disputed.")
    conversion: str | None = Field(description="The conversion that is appealed against.")
    appeal_of: str | None = Field(description="The refused matter that is appealed against.")
    appeal: str | None = Field(description="The appeal against this matter.")
    appeal_until: str | None = Field(
        description="The last day to appeal; absent while the refusal is not delivered."
    )
    may_be_appealed: bool = Field(description="It was refused, and nobody appealed yet, in time.")
    received_on: str
    due_on: str | None = Field(description="The last day to decide; absent while it is returned.")
    late: bool
    outcome: str | None = Field(description="The outcome that was recorded, or that is right.")
    content: dict[str, str]
    evidence: list[str] = Field(description="Ids of the pieces of evidence that it names.")
    steps: list[StepView]

    @classmethod
    def of(cls, matter: Matter, known: "Beside", key: AccountKey) -> Self:
        """Open a matter."""
        until = appeal_until(matter, known.notices, known.calendar)
        appeal = known.appeals.get(matter.id)
        return cls(
            id=matter.id,
            kind=matter.kind,
            state=matter.state,
            institution=matter.institution_id,
            deposit=matter.about_id,
            disputed=matter.disputed_id,
            conversion=matter.conversion_id,
            appeal_of=matter.appeal_of,
            appeal=appeal,
            appeal_until=None if until is None else until.isoformat(),
            may_be_appealed=is_appealable(matter, appeal, until, known.today),
            received_on=matter.received_on,
            due_on=matter.due_on,
            late=matter.progress.is_late(known.today),
            outcome=matter.outcome_id,
            content=matter.content(key),
            evidence=matter.evidence(key),
            steps=[StepView.of(step, key) for step in known.steps[matter.id]],
        )


class MattersView(Response):
    """Matters with their history."""

    matters: list[MatterView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is told beside some matters: their steps, the appeals, and when refusals were told."""

    steps: Mapping[str, list[Step]]
    appeals: Mapping[str, str]
    notices: Mapping[str, Notice]
    calendar: WorkingDays
    today: date


def matter_views(
    matters: Sequence[Matter], keys: Mapping[str, AccountKey], bank: Bank
) -> list[MatterView]:
    """Open matters in their order; those of an account without a key are left out."""
    ids = [one.id for one in matters]
    with bank.readers.reading() as connection:
        known = Beside(
            steps=steps_of(connection, ids),
            appeals={one: appeal.id for one, appeal in appeals_of(connection, ids).items()},
            notices=refusal_notices(connection, matters),
            calendar=bank.working_days,
            today=civil_day(bank.clock()),
        )
    return [
        MatterView.of(one, known, keys[one.account_id]) for one in matters if one.account_id in keys
    ]
