"""A conversion rule as data: what it takes, what it gives, its caps, its time, its own cases.

The dataclasses are the file format: `rule_file` reads them strictly, and the JSON Schema that the
package ships is generated from them. A field that is not stated is absent, never null.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, with_config

from creditbank.conversion.amounts import Credits
from creditbank.conversion.decision import Reason
from creditbank.conversion.fields import (
    CLOSED,
    Amount,
    Day,
    Hours,
    LearningClass,
    Months,
    Name,
    Optionally,
    Ordinal,
    RuleId,
    Text,
    UsedHours,
    Version,
)
from creditbank.conversion.filing import HoursUnit, units_of
from creditbank.conversion.sources import AssuranceLevel, Sources

CASES_MAX = 100
TARGETS_MAX = 200


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title in 中文, and in English where there is one."""

    zh: Name
    en: Optionally[Name] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Elective:
    """What a pool of hours gives credit for."""

    code: Name
    title: Title


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTarget:
    """A course 目标课程 that an outcome may fill, whole or not at all."""

    code: Name
    title: Title
    credits: Amount


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPool:
    """Hours of several outcomes together give credit, rounded down to the quantum."""

    kind: Literal["hours_pool"]
    unit: HoursUnit
    per_credit: Hours
    quantum: Amount
    target: Elective

    def units(self, hours: str) -> int:
        """Give hours as integers of the pool's unit: 1/1000 class hours, or minutes."""
        return units_of(self.unit, hours)

    def units_of(self, credit: Credits) -> int:
        """Give the hours that some credit uses up; exact for a multiple of the quantum."""
        return self.units(self.per_credit) * credit.milli // 1000


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Courses:
    """One outcome fills courses, each of which takes one outcome only."""

    kind: Literal["courses"]
    targets: Annotated[tuple[CourseTarget, ...], Field(min_length=1, max_length=TARGETS_MAX)]


Shape: TypeAlias = Annotated[HoursPool | Courses, Field(discriminator="kind")]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCap:
    """No certificate gives more than these credits in total."""

    kind: Literal["certificate"]
    credits: Amount


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateValueCap:
    """No certificate gives more than the value that the catalogue states for it."""

    kind: Literal["certificate_value"]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCap:
    """Nobody gets more than these credits by this rule, by all its versions together."""

    kind: Literal["rule"]
    credits: Amount


Cap: TypeAlias = Annotated[
    CertificateCap | CertificateValueCap | RuleCap, Field(discriminator="kind")
]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """An outcome of a rule's own case; `used` says how many of its hours are used, or `all`."""

    id: Name
    outcome_class: Annotated[LearningClass, Field(alias="class")]
    course: Name
    awarded_on: Day
    status: Literal["active", "suspended", "revoked"] = "active"
    provider: Name = "provider"
    certificate_series: Optionally[Name] = None
    certificate_number: Optionally[Name] = None
    value: Optionally[Amount] = None
    class_hours: Optionally[Hours] = None
    hours: Optionally[Hours] = None
    used: Optionally[UsedHours] = None
    provider_above: tuple[Name, ...] = ()
    level_framework: Optionally[Name] = None
    level: Optionally[Ordinal] = None
    grade: Optionally[Name] = None
    grade_scale: Optionally[Name] = None
    assurance: Optionally[AssuranceLevel] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a case must give: credits, and the code of every test that fails, each once."""

    credits: Amount
    codes: tuple[Reason, ...] = ()


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One of a rule's own test cases, which must hold before it can be published."""

    name: Name
    filed_on: Day
    outcomes: Annotated[tuple[CaseOutcome, ...], Field(min_length=1, max_length=CASES_MAX)]
    targets: tuple[Name, ...] = ()
    filled: tuple[Name, ...] = ()
    recognised: Optionally[Amount] = None
    expect: Expected


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What was awarded before a day and is filed by another one falls under an earlier version."""

    awarded_before: Day
    filed_until: Day
    version: Version


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of a conversion rule, in force on [`effective_from`, `effective_until`).

    An award counts for `valid_for_months` after its day, inclusive; without them for ever.
    """

    format: Literal["creditbank/rule/v1"]
    id: RuleId
    version: Version
    title: Title
    reason: Text
    reference: Text
    author: Name
    approver: Name
    effective_from: Day
    effective_until: Optionally[Day] = None
    supersedes: Optionally[Version] = None
    transition: Optionally[Transition] = None
    sources: Sources
    valid_for_months: Optionally[Months] = None
    shape: Shape
    caps: tuple[Cap, ...] = ()
    consumption: Literal["anywhere"]
    decided_by: Literal["automatic"]
    tests: Annotated[tuple[Case, ...], Field(min_length=1, max_length=CASES_MAX)]
