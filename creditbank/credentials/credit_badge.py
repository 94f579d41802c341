"""What a credential says of credit that a school entered: the badge of an application. Pure."""

from dataclasses import dataclass
from datetime import date

from certificates.open_badge import Badge, Part, Party
from creditbank.applications.show import OpenedApplication
from creditbank.catalogue.programmes import Programme
from creditbank.credentials.badge import Issue, start_of
from creditbank.credentials.issuer import CredentialIssuer
from creditbank.institutions.history import Institution

TITLE, TITLE_EN = "认定学分：", "Recognised credit: "
RESULT = "已入册 entered"
_CLASS = "formal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An opened application that its school entered, the day, and the school's name on that day."""

    opened: OpenedApplication
    entered_on: date
    programme: Programme
    school: Institution


def badge_of_application(entered: Entered, issuer: CredentialIssuer, issue: Issue) -> Badge:
    """Say in a badge which credit a school entered, and in which places of its programme."""
    programme, school = entered.programme, entered.school
    title_en = None if programme.title_en is None else TITLE_EN + programme.title_en
    return Badge(
        id=issue.id,
        issuer=issuer.party,
        valid_from=issue.now,
        valid_until=None,
        subject=issue.subject,
        holder=issue.holder,
        achievement=f"{issuer.origin}/api/v1/programmes/{programme.id}",
        title=TITLE + programme.title,
        title_en=title_en,
        code=programme.code,
        outcome_class=_CLASS,
        provider=Party(
            id=f"{issuer.origin}/api/v1/institutions/{school.id}",
            name=school.name,
            name_en=school.name_en,
        ),
        awarded_at=start_of(entered.entered_on),
        awarded_on=entered.entered_on.isoformat(),
        result=RESULT,
        grade=None,
        grade_scale=None,
        credits=entered.opened.result.credits.milli,
        hours=None,
        assurance=None,
        licence_number=None,
        level=None,
        evidence=issue.evidence,
        status=issue.status,
        parts=[
            Part(name=one.target, value=str(one.credits)) for one in entered.opened.result.applied
        ],
    )
