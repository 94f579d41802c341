"""What a decision depends on beside its rule: the outcomes offered, what was used, the day filed.

It is stored with the conversion, so that every decision can be computed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias

from pydantic import ConfigDict, TypeAdapter, with_config

from creditbank.conversion.amounts import ClassHours, Credits, StudyTime
from creditbank.conversion.plan import CountedCredit, CreditSource, Plan

HoursUnit: TypeAlias = Literal["class_hours", "hours"]
"""Class hours 学时 (1/1000), or hours of learning 学习量 (minutes)."""


ANYWHERE = "anywhere"
"""The scope of what is used up for every programme."""


def units_of(unit: HoursUnit, hours: str) -> int:
    """Give hours as integers of a unit: 1/1000 class hours, or minutes; raises `AmountError`."""
    if unit == "class_hours":
        return ClassHours.parse(hours).milli
    return StudyTime.parse(hours).minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A part of an outcome that the conversion at ledger index `entry` used; no unit is all of it.

    The part runs from `start` up to `end`, in 1/1000 class hours or in minutes; in another scope
    than `scope` it is still free, unless one of the two is anywhere.
    """

    entry: int
    unit: HoursUnit | None = None
    start: int = 0
    end: int = 0
    scope: str = ANYWHERE

    def blocks(self, scope: str) -> bool:
        """Say whether it leaves nothing of the part to a use in this scope."""
        return ANYWHERE in {scope, self.scope} or scope == self.scope

    def meets(self, other: "Use") -> bool:
        """Say whether this and another use of the same unit use a part of it twice.

        A use of all of it, or in another unit, leaves nothing: the two cannot be compared.
        """
        is_apart = None not in {self.unit, other.unit} and self.unit == other.unit
        if is_apart and (self.end <= other.start or other.end <= self.start):
            return False
        return self.blocks(other.scope)


class Likeness(StrEnum):
    """How two outcomes of one learner are alike by their courses' titles."""

    DUPLICATE = "duplicate"
    SAME = "same"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeUse:
    """What was used of another outcome of the learner, and how that one is like this."""

    likeness: Likeness
    use: Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome as rules see it; `group` is the same for two records of one achievement.

    The day of award lies between `awarded_first` and `awarded_last`, which are equal when it is
    known; `value` and the level are what the catalogue states, `provider_above` who stood above its
    provider on the (last) day of award. Of an outcome that another bank keeps, `home_use` is what
    that bank has signed: that it is used "here" or "elsewhere". `title` is that of its course,
    folded, and `similar_title` what similar ones share (`creditbank.conversion.titles`).
    """

    id: str
    group: str
    is_active: bool
    outcome_class: str
    provider: str
    course: str
    awarded_first: date
    awarded_last: date
    certificate_series: str | None = None
    value: Credits | None = None
    class_hours: ClassHours | None = None
    hours: StudyTime | None = None
    uses: tuple[Use, ...] = ()
    provider_above: tuple[str, ...] = ()
    level_framework: str | None = None
    level: int | None = None
    grade: str | None = None
    grade_scale: str | None = None
    assurance: str | None = None
    home_bank: str | None = None
    home_use: str | None = None
    title: str | None = None
    similar_title: str | None = None
    term: str | None = None
    alike_uses: tuple[AlikeUse, ...] = ()

    def stated(self, unit: HoursUnit) -> int | None:
        """Give the stated hours as integers of the unit."""
        if unit == "class_hours":
            return None if self.class_hours is None else self.class_hours.milli
        return None if self.hours is None else self.hours.minutes

    @property
    def source(self) -> CreditSource:
        """What caps ask of it."""
        return CreditSource(
            outcome_class=self.outcome_class,
            provider=self.provider,
            awarded_first=self.awarded_first,
            awarded_last=self.awarded_last,
            provider_above=self.provider_above,
            certificate=None if self.certificate_series is None else self.group,
        )

    def used_in(self, scope: str) -> tuple[Use, ...]:
        """Give the uses that count in a scope."""
        return tuple(use for use in self.uses if use.blocks(scope))

    def free(self, unit: HoursUnit, scope: str = ANYWHERE) -> tuple[tuple[int, int], ...]:
        """Give the parts [start, end) of the stated hours that nothing used in a scope.

        A use of all of it, or in another unit, leaves nothing: the two cannot be compared.
        """
        whole, uses = self.stated(unit), self.used_in(scope)
        if whole is None or any(use.unit != unit for use in uses):
            return ()
        return tuple(_gaps(sorted((use.start, use.end) for use in uses), whole))


def _gaps(used: list[tuple[int, int]], whole: int) -> Iterator[tuple[int, int]]:
    free_from = 0
    for start, end in (*used, (whole, whole)):
        if free_from < min(start, whole):
            yield free_from, min(start, whole)
        free_from = max(free_from, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTarget:
    """A course that the conversion at ledger index `entry` filled, in part or whole (None)."""

    code: str
    entry: int
    credits: Credits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a person found out of an outcome: whether the test behind a code is met.

    The code is one of `creditbank.conversion.decision.FINDABLE`.
    """

    outcome: str
    code: str
    is_met: bool


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One request: outcomes offered, courses wished for, and how things stood on that day.

    `filed_on` is the day in Asia/Shanghai on which the request was received; `recognised` is what
    the learner has by this rule already, in the scope in which it uses outcomes up. `plan` is the
    plan that the request is for, `counted` what was recognised for it, where the rule asks;
    `findings` are those of the persons who decide on it.
    """

    filed_on: date
    outcomes: tuple[Outcome, ...]
    recognised: Credits
    targets: tuple[str, ...] = ()
    filled: tuple[FilledTarget, ...] = ()
    plan: Plan | None = None
    counted: tuple[CountedCredit, ...] = ()
    identity_level: int | None = None
    findings: tuple[Finding, ...] = ()


FILINGS = TypeAdapter(Filing)
"""Filings as plain JSON and back."""
