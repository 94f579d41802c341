"""What a result may state beyond the plain one: who awarded it, when it came, how sure it is.

Absent particulars cost nothing and appear in no statement.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from creditbank.errors import Fact, FieldProblem
from creditbank.outcomes.dates import DateError, PartialDate, parse_day

BODIES_MAX = 10
BODY_NAME_LENGTH_MAX = 200
MINUTES_MAX = 10_000_000
_BETWEEN = "|"
_BODY = re.compile(r"(?:(inst-[0-9a-f]+)(?: |$))?(.*)")


class AwardingRole(StrEnum):
    """What a body did for an award."""

    CERTIFYING = "certifying"  # 颁证
    ORGANISING = "organising"  # 主办
    DELIVERING = "delivering"  # 承办
    ASSISTING = "assisting"  # 协办


class Assurance(StrEnum):
    """How sure it is that this learner achieved it 核验等级, the weakest first."""

    DECLARED = "declared"  # 本人申报
    ATTENDED = "attended"  # 出勤
    ASSESSED = "assessed"  # 考核
    SUPERVISED = "supervised"  # 监考
    IDENTITY_CHECKED = "identity_checked"  # 实名考核
    ARCHIVE_CHECKED = "archive_checked"  # 档案补录


POSTED_ASSURANCES = tuple(
    one for one in Assurance if one not in {Assurance.DECLARED, Assurance.ARCHIVE_CHECKED}
)
"""What an institution may state; the other two come about by who did what."""


class Attestation(StrEnum):
    """Who stands for a result; the provider's own signature is the rule and is not stated."""

    ORIGINAL = "original"  # the bank, on sight of the original
    ARCHIVE = "archive"  # back-entry 补录 by two persons


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardingBody:
    """A body by its role, and its name as printed that day; `institution` where the bank knows it.

    A body that was closed, or is known by name only, has a name alone.
    """

    institution: str | None
    name: str | None
    role: AwardingRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as printed; both days of its validity are included, without an end it stays.

    `renews` is series and number of the earlier certificate that this one continues.
    """

    series: str
    number: str
    level: str | None
    valid_from: PartialDate | None = None
    valid_until: PartialDate | None = None
    renews: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What is stated beyond the plain result; the first awarding body leads."""

    awarded_by: Sequence[AwardingBody] = ()
    received_on: date | None = None
    """The day at the counter or of the postmark."""
    minutes_attended: int | None = None
    assurance: Assurance | None = None
    attestation: Attestation | None = None
    archive_reference: str | None = None  # 档案号
    entered_by: str | None = None
    checked_by: str | None = None


KnownT = TypeVar("KnownT", bound=StrEnum)

PARTICULARS = (
    "awarding_body",
    "awarding_role",
    "received_on",
    "minutes_attended",
    "assurance",
    "attestation",
    "archive_reference",
)
"""The fields of a posting that make particulars, in their printed order."""


CERTIFICATE = (
    "certificate_series",
    "certificate_number",
    "certificate_level",
    "certificate_valid_from",
    "certificate_valid_until",
    "renews_series",
    "renews_number",
)
"""The fields of which any states a certificate."""


def any_date(text: str) -> PartialDate:
    """Read a day, month or year that may lie ahead."""
    return PartialDate.parse(text, today=date.max)


def read_particulars(
    given: Mapping[str, str], *, today: date, achieved: PartialDate | None
) -> tuple[Particulars, list[FieldProblem]]:
    """Read the particulars that are stated, and name every wrong field once."""
    problems: list[FieldProblem] = []
    read = Particulars(
        awarded_by=_bodies(given, problems),
        received_on=_received_on(given.get("received_on"), today, achieved, problems),
        minutes_attended=_minutes(given.get("minutes_attended"), problems),
        assurance=_one_of(POSTED_ASSURANCES, "assurance", given, problems),
        attestation=_one_of((Attestation.ORIGINAL,), "attestation", given, problems),
        archive_reference=given.get("archive_reference"),
    )
    return read, problems


def _one_of(
    known: Sequence[KnownT], name: str, given: Mapping[str, str], problems: list[FieldProblem]
) -> KnownT | None:
    text = given.get(name)
    found = next((one for one in known if one.value == text), None)
    if text is not None and found is None:
        facts = {"known": tuple(one.value for one in known)}
        problems.append(FieldProblem(field=name, code="kind-unknown", facts=facts))
    return found


def _minutes(text: str | None, problems: list[FieldProblem]) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= MINUTES_MAX:
        facts = {"count_max": MINUTES_MAX}
        problems.append(FieldProblem(field="minutes_attended", code="minutes-wrong", facts=facts))
        return None
    return int(text)


def _received_on(
    text: str | None, today: date, achieved: PartialDate | None, problems: list[FieldProblem]
) -> date | None:
    """Read the day of receipt: not after today, and not before the result can have been awarded."""
    if text is None:
        return None
    try:
        day = parse_day(text)
    except DateError as error:
        problems.append(FieldProblem(field="received_on", code=error.code))
        return None
    if day > today:
        problems.append(FieldProblem(field="received_on", code="date-in-future"))
    elif achieved is not None and day < achieved.first_day:
        problems.append(FieldProblem(field="received_on", code="received-before-award"))
    return day


def _bodies(given: Mapping[str, str], problems: list[FieldProblem]) -> Sequence[AwardingBody]:
    """Read `inst-… name|name` and the roles beside; one body alone is the certifying one."""
    text, roles_text = given.get("awarding_body"), given.get("awarding_role")
    if text is None:
        if roles_text is not None:
            problems.append(FieldProblem(field="awarding_body", code="field-missing"))
        return ()
    texts = text.split(_BETWEEN)
    roles = _roles(roles_text, len(texts), problems)
    bodies = [_body(one, role) for one, role in zip(texts, roles, strict=False)]
    named = [one.institution or one.name for one in bodies]
    is_long = any(len(one.name or "") > BODY_NAME_LENGTH_MAX for one in bodies)
    if not all(named) or len(set(named)) != len(named) or len(texts) > BODIES_MAX or is_long:
        facts = {"count_max": BODIES_MAX, "length_max": BODY_NAME_LENGTH_MAX}
        problems.append(FieldProblem(field="awarding_body", code="bodies-wrong", facts=facts))
    return _lead_first(bodies)


def _roles(text: str | None, count: int, problems: list[FieldProblem]) -> list[AwardingRole]:
    if text is None and count == 1:
        return [AwardingRole.CERTIFYING]
    texts = (text or "").split(_BETWEEN)
    known = {role.value: role for role in AwardingRole}
    if len(texts) != count or any(one not in known for one in texts):
        facts: dict[str, Fact] = {"known": tuple(known), "count": count}
        problems.append(FieldProblem(field="awarding_role", code="roles-wrong", facts=facts))
        return [AwardingRole.CERTIFYING] * count
    return [known[one] for one in texts]


def _body(text: str, role: AwardingRole) -> AwardingBody:
    match = _BODY.fullmatch(text)
    institution, name = match.groups() if match else (None, text)
    return AwardingBody(institution=institution, name=(name or "").strip() or None, role=role)


def _lead_first(bodies: Sequence[AwardingBody]) -> Sequence[AwardingBody]:
    """Put the lead first, 颁证 or else the first; the others in an order of their own.

    So that each body of a joint award states the same, whichever order it is used to.
    """
    certifying = (one for one in bodies if one.role is AwardingRole.CERTIFYING)
    lead = next(certifying, bodies[0])
    order = list(AwardingRole)
    others = sorted(
        (one for one in bodies if one is not lead),
        key=lambda one: (order.index(one.role), one.institution or "", one.name or ""),
    )
    return (lead, *others)
