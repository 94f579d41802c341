"""A filing as its learner and those who decide on it see it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Self

from pydantic import Field

from api.decision_view import decision_view
from api.problems import Problems
from api.response import Response
from creditbank.conversion.days import CIVIL_TIME
from creditbank.conversion.decision import FINDABLE
from creditbank.credits.recognise import Judged
from creditbank.filings.precedents import Precedent
from creditbank.filings.queries import StoredStep, Words
from creditbank.filings.show import Publication, ShownFiling


class FindingView(Response):
    """What a person found out of an outcome."""

    outcome: str
    code: str = Field(description="The test that nobody but a person can make.")
    met: bool


class FilingStepView(Response):
    """One act: what was done at which step of the chain, when, and what was said."""

    act: str
    step: str
    code: str | None
    by: str | None = Field(description="The login of who acted; for those who decide alone.")
    at: str
    text: str
    findings: list[FindingView]
    departure: str | None = Field(description="Why it was decided otherwise than before.")
    evidence: list[str] = Field(description="Ids of the evidence that was shown with it.")

    @classmethod
    def of(cls, step: StoredStep, words: Words, *, to_staff: bool) -> Self:
        """Show an act; its learner is not told whose it was, so that anybody may object."""
        return cls(
            act=step.act,
            step=step.step,
            code=step.code,
            by=step.taken_by if to_staff else None,
            at=_time(step.taken_at),
            text=words.text,
            findings=[
                FindingView(outcome=one.outcome, code=one.code, met=one.is_met)
                for one in words.findings
            ],
            departure=words.departure,
            evidence=list(words.evidence),
        )


class PrecedentView(Response):
    """How another filing on the same course or certificate and target was decided."""

    filing: str
    source: str
    target: str
    granted: bool
    departs: bool
    decided_at: str

    @classmethod
    def of(cls, precedent: Precedent) -> Self:
        """Show a precedent."""
        return cls(
            filing=precedent.filing_id,
            source=precedent.source,
            target=precedent.target,
            granted=precedent.is_granted,
            departs=precedent.departs,
            decided_at=_time(precedent.decided_at),
        )


class ToFindView(Response):
    """A test that only a person can make: answer it by a finding of this outcome and code."""

    outcome: str
    code: str


class FilingView(Response):
    """A filing: where it is, what was said, and what its rule says today with what was found."""

    id: str
    state: str
    institution: str
    rule: str
    rule_version: str
    rule_sha256: str
    outcomes: list[str]
    targets: list[str]
    enrolment: str | None
    received_on: str = Field(description="The day that counts for validity and windows.")
    step: str | None = Field(description="The step that must be taken; absent when decided.")
    decides: str | None = Field(description="`receiving`, `bank` or `committee`.")
    role: str | None = Field(description="The role that the rule names for the step.")
    due_on: str | None
    late: bool
    published_until: str | None
    disputed: bool = Field(description="An objection waits for its answer.")
    refusal: str | None
    refusal_codes: list[str] = Field(description="What the rule lists for a refusal.")
    appeal_of: str | None
    appeal_until: str | None = Field(
        description="Last day to appeal, once the refusal is delivered."
    )
    conversion: str | None
    decision: dict[str, Any] | None = Field(description="What the rule says today.")
    to_find: list[ToFindView]
    precedents: list[PrecedentView]
    steps: list[FilingStepView]

    @classmethod
    def of(
        cls,
        shown: ShownFiling,
        today: date,
        problems: Problems,
        language: str,
        *,
        to_staff: bool = False,
    ) -> Self:
        """Show a filing."""
        stored, step, terms = shown.stored, shown.step, shown.rule.workflow
        judged = shown.judged
        return cls(
            id=stored.id,
            state=shown.progress.state.value,
            institution=stored.institution_id,
            rule=stored.rule_id,
            rule_version=stored.rule_version,
            rule_sha256=stored.rule_sha256,
            outcomes=list(shown.request.outcome_ids),
            targets=list(shown.request.targets),
            enrolment=shown.request.enrolment_id,
            received_on=stored.received_on,
            step=None if step is None else step.step,
            decides=None if step is None else step.by,
            role=None if step is None else step.role,
            due_on=_day(shown.progress.due_on),
            late=shown.progress.is_late(today),
            published_until=_day(shown.published_until),
            disputed=shown.progress.is_disputed,
            refusal=stored.refusal,
            refusal_codes=[] if terms is None else [one.code for one in terms.refusals],
            appeal_of=stored.appeal_of,
            appeal_until=_day(shown.appeal_until),
            conversion=stored.conversion_id,
            decision=_decision(judged, problems, language),
            to_find=_to_find(judged),
            precedents=[PrecedentView.of(one) for one in shown.precedents],
            steps=[FilingStepView.of(one, words, to_staff=to_staff) for one, words in shown.steps],
        )


class FilingsView(Response):
    """Filings with their history."""

    filings: list[FilingView]


class PublicationView(Response):
    """What is published of a filing before credit is recognised 公示: the name is masked."""

    id: str
    institution: str
    name: str
    rule: str
    rule_version: str
    targets: list[str]
    credits: str
    until: str
    disputed: bool

    @classmethod
    def of(cls, one: Publication) -> Self:
        """Show it."""
        return cls(
            id=one.filing_id,
            institution=one.institution_id,
            name=one.name,
            rule=one.rule_id,
            rule_version=one.rule_version,
            targets=list(one.targets),
            credits=one.credits,
            until=one.until.isoformat(),
            disputed=one.is_disputed,
        )


class PublicationsView(Response):
    """Every filing that is published today."""

    publications: list[PublicationView]


def _decision(judged: Judged | None, problems: Problems, language: str) -> dict[str, Any] | None:
    if judged is None:
        return None
    seen: Mapping[str, Any] = decision_view(judged.judgement, problems, language)
    return dict(seen)


def _to_find(judged: Judged | None) -> list[ToFindView]:
    if judged is None:
        return []
    asked = {
        (line.subject or "", line.code.value): None
        for line in judged.judgement.failures
        if line.code in FINDABLE and line.subject is not None
    }
    return [ToFindView(outcome=outcome, code=code) for outcome, code in asked]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()
