"""A conversion rule as data: what it takes, what it gives, its caps, its time, its own cases.

The dataclasses are the file format: `rule_file` reads them strictly, and the JSON Schema that the
package ships is generated from them. A field that is not stated is absent, never null.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, with_config

from creditbank.conversion.caps import Cap, ScopedCap
from creditbank.conversion.case import CASES_MAX, Case
from creditbank.conversion.fields import (
    CLOSED,
    Day,
    Months,
    Name,
    Optionally,
    RuleId,
    Text,
    Version,
)
from creditbank.conversion.shapes import Shape, Title
from creditbank.conversion.sources import Sources
from creditbank.conversion.workflow import Reversal, Workflow

Equivalents = Annotated[tuple[Name, ...], Field(min_length=2, max_length=50)]
"""Codes of courses that are one and the same: of two such outcomes one counts."""


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What was awarded before a day and is filed by another one falls under an earlier version."""

    awarded_before: Day
    filed_until: Day
    version: Version


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProgramme:
    """The programme 专业, and the versions of its plan, whose slots the targets are; none: any."""

    code: Name
    plan_versions: tuple[Name, ...] = ()


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
    programme: Optionally[TargetProgramme] = None
    shape: Shape
    unit: Literal["credits", "points"] = "credits"
    caps: Annotated[tuple[Cap, ...], Field(max_length=50)] = ()
    consumption: Literal["anywhere", "level", "programme"]
    series: Optionally[Literal["highest"]] = None
    equivalents: Annotated[tuple[Equivalents, ...], Field(max_length=100)] = ()
    decided_by: Literal["automatic", "chain"]
    workflow: Optionally[Workflow] = None
    reversal: Optionally[Reversal] = None
    tests: Annotated[tuple[Case, ...], Field(min_length=1, max_length=CASES_MAX)]


def counts_recognised(rule: Rule) -> bool:
    """Say whether a rule has a cap over all that was recognised for an enrolment."""
    scoped = (one for one in rule.caps if isinstance(one, ScopedCap))
    return any(one.basis == "recognised" for one in scoped)
