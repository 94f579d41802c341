"""What a rule makes of outcomes: an hours pool, courses by one outcome or by several together."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, with_config

from creditbank.conversion.amounts import Credits
from creditbank.conversion.fields import (
    CLOSED,
    Amount,
    Count,
    DayOfYear,
    Factor,
    Hours,
    Months,
    Name,
    Optionally,
    Ordinal,
)
from creditbank.conversion.filing import HoursUnit, units_of
from creditbank.conversion.sources import Sources

TARGETS_MAX = 200
PARTS_MAX = 50

RecordedGrade = Literal["exempt", "pass", "copied"]
"""What the school writes as the grade: 免考, 合格, or the outcome's own; absent, it writes none."""


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title in 中文, and in English where there is one."""

    zh: Name
    en: Optionally[Name] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Elective:
    """What a pool of hours gives credit for; a slot of a plan, or any of a category 课程模块."""

    code: Name
    title: Title
    category: Optionally[Name] = None
    grade: Optionally[RecordedGrade] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class FixedAmount:
    """So many credits, whatever the course is worth."""

    kind: Literal["fixed"]
    credits: Amount


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFactor:
    """The factor of a level of a framework."""

    framework: Name
    level: Ordinal
    factor: Factor


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAmount:
    """What the catalogue says the outcomes are worth, times a factor, down to the quantum.

    A factor by level holds for a single outcome. The lesser of this and the course's own credits is
    asked for by `lesser`.
    """

    kind: Literal["source", "lesser"]
    factor: Optionally[Factor] = None
    by_level: tuple[LevelFactor, ...] = ()
    quantum: Optionally[Amount] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """No credit, but the course or examination part need not be taken 免修、免考."""

    kind: Literal["exemption"]


Gives: TypeAlias = Annotated[FixedAmount | SourceAmount | Exemption, Field(discriminator="kind")]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTarget:
    """A course 目标课程 that outcomes may fill: whole, unless it is filled in parts.

    It gives its own credits where `gives` says nothing else; only then, and where it is filled in
    parts, must these be stated. `sources` ask more of the outcome than the rule does. Where the
    plan has no slot of this code, the credit goes to `category`.
    """

    code: Name
    title: Title
    credits: Optionally[Amount] = None
    sources: Optionally[Sources] = None
    gives: Optionally[Gives] = None
    filled: Literal["whole", "in_parts"] = "whole"
    category: Optionally[Name] = None
    grade: Optionally[RecordedGrade] = None

    @property
    def worth(self) -> Credits:
        """Its own credits, or none where they are not stated."""
        return self.credits or Credits(milli=0)

    @property
    def is_whole(self) -> bool:
        """True where no two conversions share it."""
        return self.filled == "whole"


Targets = Annotated[tuple[CourseTarget, ...], Field(min_length=1, max_length=TARGETS_MAX)]


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
    targets: Targets


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePart:
    """Outcomes of so many different courses, each of which meets these sources."""

    name: Name
    sources: Sources
    at_least: Count = 1


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Several outcomes together fill courses: every part is asked for, and all awards lie close.

    All awards lie within so many months of the first, its last day inclusive, and in one year that
    begins on `year_begins`, where these are stated. No course counts for two parts.
    """

    kind: Literal["bundle"]
    parts: Annotated[tuple[BundlePart, ...], Field(min_length=1, max_length=PARTS_MAX)]
    targets: Targets
    within_months: Optionally[Months] = None
    year_begins: Optionally[DayOfYear] = None


Shape: TypeAlias = Annotated[HoursPool | Courses | Bundle, Field(discriminator="kind")]


def target_codes(shape: Shape) -> frozenset[str]:
    """Give the codes of all that a shape may fill."""
    if isinstance(shape, HoursPool):
        return frozenset({shape.target.code})
    return frozenset(target.code for target in shape.targets)
