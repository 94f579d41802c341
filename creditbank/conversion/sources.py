"""Which outcomes a rule takes: by class, provider, code, level, grade, hours, assurance and day."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import StringConstraints, with_config

from creditbank.conversion.amounts import Grade
from creditbank.conversion.fields import (
    CLOSED,
    Day,
    Hours,
    LearningClass,
    Mark,
    Name,
    Optionally,
    Ordinal,
)
from creditbank.conversion.filing import HoursUnit, units_of

COURSE_FORM = r"^[^\[\]]+$"
Pattern = Annotated[str, StringConstraints(pattern=COURSE_FORM, max_length=100)]
"""A code in which * stands for any characters and ? for one; letters are compared as written."""

AssuranceLevel = Literal[
    "declared", "attended", "assessed", "supervised", "identity_checked", "archive_checked"
]
"""How sure it is that the learner achieved it 核验等级, the weakest first."""


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNeeded:
    """At least this ordinal of a framework of levels; other frameworks are never compared."""

    framework: Name
    at_least: Ordinal


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class GradeNeeded:
    """At least this grade of a numeric scale, or one of these of an ordered one."""

    scale: Name
    at_least: Optionally[Mark] = None
    any_of: tuple[Name, ...] = ()

    def is_met_by(self, grade: str) -> bool | None:
        """Say whether a grade as printed is enough; None where it is none of a numeric scale."""
        if self.at_least is None:
            return grade in self.any_of
        try:
            return Grade.parse(grade) >= self.at_least
        except ValueError:
            return None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class HoursNeeded:
    """At least so many hours of one unit."""

    unit: HoursUnit
    at_least: Hours

    @property
    def units(self) -> int:
        """The least, in 1/1000 class hours or in minutes."""
        return units_of(self.unit, self.at_least)


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Predicates over outcomes; what is not stated is not asked.

    A provider is taken when it is listed, or stood on the day of award under one of
    `provider_subtrees`; a course by its code or a pattern; a level or grade by the entry of its own
    framework or scale. Days of award are inclusive. An outcome that another bank keeps is taken
    only from the mutually recognised `banks`.
    """

    classes: tuple[LearningClass, ...] = ()
    providers: tuple[Name, ...] = ()
    provider_subtrees: tuple[Name, ...] = ()
    banks: tuple[Name, ...] = ()
    courses: tuple[Name, ...] = ()
    course_patterns: tuple[Pattern, ...] = ()
    certificate_series: tuple[Name, ...] = ()
    levels: tuple[LevelNeeded, ...] = ()
    grades: tuple[GradeNeeded, ...] = ()
    hours: Optionally[HoursNeeded] = None
    assurance_at_least: Optionally[AssuranceLevel] = None
    awarded_from: Optionally[Day] = None
    awarded_until: Optionally[Day] = None
