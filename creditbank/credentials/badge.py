"""What a credential says of an outcome: the Open Badge made from its statement. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from certificates.open_badge import Badge, LedgerEvidence, Level, Party
from certificates.status_list import AnyEntry
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.levels import Framework
from creditbank.conversion.amounts import ClassHours, StudyTime
from creditbank.conversion.days import CIVIL_TIME
from creditbank.credentials.issuer import CredentialIssuer
from creditbank.outcomes.dates import PartialDate, Precision
from creditbank.outcomes.queries import StoredOutcome
from ledger.statement import JSONValue

Fields = Mapping[str, JSONValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The circumstances of one credential: its id, its day, its places, who it is about."""

    id: str
    now: datetime
    subject: str
    holder: str | None
    evidence: LedgerEvidence
    status: tuple[AnyEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Achieved:
    """An opened outcome, what the catalogue says of it, and its last day, extensions included."""

    outcome: StoredOutcome
    stated: Fields
    definition: Definition
    frameworks: Mapping[str, Framework]
    valid_until: PartialDate | None


def badge_of_outcome(achieved: Achieved, issuer: CredentialIssuer, issue: Issue) -> Badge:
    """Say in a badge what the statement of an outcome says."""
    outcome, stated, valid_until = achieved.outcome, achieved.stated, achieved.valid_until
    awarded = PartialDate.parse(str(stated["awarded_on"]), today=date.max)
    return Badge(
        id=issue.id,
        issuer=issuer.party,
        valid_from=_begin_of(achieved, awarded) or issue.now,
        valid_until=None if valid_until is None else _end_of(valid_until.last_day),
        subject=issue.subject,
        holder=issue.holder,
        achievement=f"{issuer.origin}/api/v1/definitions/{outcome.definition_id}",
        title=str(stated["title"]),
        title_en=_text(stated, "title_en"),
        code=_text(stated, "course"),
        outcome_class=outcome.outcome_class,
        provider=_provider(outcome, stated, issuer),
        awarded_at=start_of(awarded.first_day) if awarded.precision is Precision.DAY else None,
        awarded_on=str(awarded),
        result=str(stated["result"]),
        grade=_text(stated, "grade"),
        grade_scale=_text(stated, "grade_scale"),
        credits=outcome.credits,
        hours=_hours(outcome),
        assurance=_text(stated, "assurance"),
        licence_number=_text(stated, "certificate_number"),
        level=_level(achieved, issuer),
        evidence=issue.evidence,
        status=issue.status,
    )


def _provider(outcome: StoredOutcome, stated: Fields, issuer: CredentialIssuer) -> Party:
    return Party(
        id=f"{issuer.origin}/api/v1/institutions/{outcome.institution_id}",
        name=str(stated["provider"]),
        name_en=_text(stated, "provider_en"),
    )


def _hours(outcome: StoredOutcome) -> str | None:
    """Give class hours and hours with their units; a credential has no member for either."""
    parts = []
    if outcome.class_hours is not None:
        parts.append(f"{ClassHours(milli=outcome.class_hours)} 课时 class hours")
    if outcome.minutes is not None:
        parts.append(f"{StudyTime(minutes=outcome.minutes)} 小时 hours")
    return ", ".join(parts) or None


def _level(achieved: Achieved, issuer: CredentialIssuer) -> Level | None:
    definition = achieved.definition
    framework = achieved.frameworks.get(definition.level_framework or "")
    if framework is None or definition.level is None:
        return None
    named = [one for one in framework.levels if one.ordinal == definition.level]
    return Level(
        framework=framework.title,
        code=str(definition.level),
        name=named[0].name if named else str(definition.level),
        url=f"{issuer.origin}/api/v1/levels#{framework.id}",
    )


def _end_of(day: date) -> datetime:
    """Give the last second of a day."""
    return datetime.combine(day, time(23, 59, 59), CIVIL_TIME)


def _begin_of(achieved: Achieved, awarded: PartialDate) -> datetime | None:
    """Give since when a certificate with an end is valid: one may have run out before today."""
    if achieved.valid_until is None:
        return None
    stated = achieved.stated.get("valid_from")
    begins = awarded if stated is None else PartialDate.parse(str(stated), today=date.max)
    return start_of(begins.first_day)


def start_of(day: date) -> datetime:
    """Give the first moment of a day."""
    return datetime.combine(day, time(), CIVIL_TIME)


def _text(stated: Fields, name: str) -> str | None:
    value = stated.get(name)
    return None if value is None else str(value)
