"""A rule's own test cases as data: outcomes, how things stand, and what must come out."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, with_config

from creditbank.conversion.decision import Reason
from creditbank.conversion.fields import (
    CLOSED,
    Amount,
    Day,
    Hours,
    LearningClass,
    Name,
    Optionally,
    Ordinal,
    UsedHours,
)
from creditbank.conversion.plan_file import StatedPlan
from creditbank.conversion.sources import AssuranceLevel

CASES_MAX = 100


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
    home_bank: Optionally[Name] = None
    home_use: Optionally[Literal["here", "elsewhere"]] = None
    used_in: Optionally[Name] = None
    title: Optionally[Name] = None
    term: Optionally[Name] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedGrant:
    """What one target must get."""

    target: Name
    credits: Amount


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCredit:
    """Credit that stands already, in the plan of the case or by the rule, for caps to count."""

    target: Name
    category: Optionally[Name] = None
    credits: Amount
    outcome_class: Annotated[LearningClass, Field(alias="class")] = "formal"
    provider: Name = "provider"
    certificate: Optionally[Name] = None
    awarded_on: Day


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a case must give: recognised credit (or points), what of it is applied, failing tests.

    `codes` are the code of every test that fails, each once; `grants`, where stated, all of them.
    """

    credits: Amount
    applied: Optionally[Amount] = None
    grants: tuple[ExpectedGrant, ...] = ()
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
    plan: Optionally[StatedPlan] = None
    counted: Annotated[tuple[CaseCredit, ...], Field(max_length=CASES_MAX)] = ()
    identity_level: Literal["0", "1", "2"] = "2"
    expect: Expected
