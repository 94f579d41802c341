"""A verification report as JSON: the same from every door."""

from typing import Any

from pydantic import Field

from api.response import Response
from certificates.pass_claims import PassOutcome
from certificates.report import CheckName, CheckResult
from creditbank.conversion.amounts import ClassHours, Credits, StudyTime
from creditbank.verification.report import Reason, Report, Verdict


class CheckView(Response):
    """One check."""

    name: CheckName
    result: CheckResult
    problem: str | None = None


class OutcomeShown(Response):
    """One outcome as the pass shows it; amounts are decimal strings, `hours` are hours."""

    entry_index: int
    title: str
    title_en: str | None
    provider: str
    provider_en: str | None
    outcome_class: str
    awarded_on: str | None
    result: str
    grade: str | None
    grade_scale: str | None
    credits: str | None
    class_hours: str | None
    hours: str | None


class ContentView(Response):
    """The signed content of a pass."""

    issuer: str
    log: str
    issued_at: str
    expires_at: str
    holder: str | None
    purpose: str | None
    audience: str | None
    outcomes: list[OutcomeShown]


class EvidenceView(Response):
    """What proves one outcome to software of any make, without trusting this answer.

    The leaf's hash is in the tree of the receipt's checkpoint (C2SP tlog-proof), its `stmt` is the
    SHA-256 of the statement, and each disclosure's digest is in the statement (RFC 9901).
    """

    entry_index: int
    leaf: str
    receipt: str
    statement: str
    disclosures: list[str]
    certification: str | None = Field(
        description="Whether its definition was certified 已认证 when it was awarded; not signed."
    )


class SuccessorView(Response):
    """That a shown outcome was corrected: both entries on the log."""

    entry_index: int
    superseded_by: int


class ValidityView(Response):
    """Until when a shown certificate is valid, extensions included; not signed by the pass."""

    entry_index: int
    valid_until: str = Field(description="YYYY, YYYY-MM or YYYY-MM-DD; the last day counts.")
    expired: bool


class ReportView(Response):
    """The report; content and evidence only where the signature is good."""

    verdict: Verdict
    reason: Reason | None
    status_as_of: str | None
    checks: list[CheckView]
    content: ContentView | None
    credential: dict[str, Any] | None = Field(
        description="The signed credential, where one was presented."
    )
    evidence: list[EvidenceView]
    successors: list[SuccessorView]
    validity: list[ValidityView]


def report_view(report: Report) -> ReportView:
    """Give a report's JSON form."""
    return ReportView(
        verdict=report.verdict,
        reason=report.reason,
        status_as_of=report.status_as_of.isoformat() if report.status_as_of else None,
        checks=[
            CheckView(name=check.name, result=check.result, problem=check.problem)
            for check in report.checks
        ],
        content=_content(report),
        credential=None if report.credential is None else dict(report.credential),
        evidence=[
            EvidenceView(
                entry_index=one.index,
                leaf=one.leaf.decode(),
                receipt=one.receipt,
                statement=one.statement.decode(),
                disclosures=list(one.disclosures),
                certification=one.certification,
            )
            for one in report.evidence
        ],
        successors=[
            SuccessorView(entry_index=one.index, superseded_by=one.superseded_by)
            for one in report.successors
        ],
        validity=[
            ValidityView(entry_index=one.index, valid_until=one.until, expired=one.is_over)
            for one in report.validity
        ],
    )


def _content(report: Report) -> ContentView | None:
    claims = report.content
    if claims is None:
        return None
    return ContentView(
        issuer=claims.issuer,
        log=claims.log,
        issued_at=claims.issued_at.isoformat(),
        expires_at=claims.expires_at.isoformat(),
        holder=claims.holder,
        purpose=claims.purpose,
        audience=claims.audience,
        outcomes=[shown_outcome(one) for one in claims.outcomes],
    )


def shown_outcome(outcome: PassOutcome) -> OutcomeShown:
    """Give an outcome's JSON form."""
    return OutcomeShown(
        entry_index=outcome.index,
        title=outcome.title,
        title_en=outcome.title_en,
        provider=outcome.provider,
        provider_en=outcome.provider_en,
        outcome_class=outcome.outcome_class,
        awarded_on=outcome.awarded_on,
        result=outcome.result,
        grade=outcome.grade,
        grade_scale=outcome.grade_scale,
        credits=None if outcome.credits is None else str(Credits(milli=outcome.credits)),
        class_hours=(
            None if outcome.class_hours is None else str(ClassHours(milli=outcome.class_hours))
        ),
        hours=None if outcome.minutes is None else str(StudyTime(minutes=outcome.minutes)),
    )
