"""What a decision is: grants, the parts used, and a trace of every test as code and integers.

It holds no words; the doors say it in 中文 and English by its codes. The names of a
trace's integers tell their unit: `_milli` 1/1000 credits or class hours, `_minutes`, `_day`
YYYYMMDD, else a count or a ledger index.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, with_config

from creditbank.conversion.amounts import Credits, StudyTime
from creditbank.conversion.filing import HoursUnit


class Step(StrEnum):
    """The tests, in the order in which they are made."""

    STATUS = "status"
    IDENTITY = "identity"
    VALIDITY = "validity"
    SOURCES = "sources"
    EXCLUSIVITY = "exclusivity"
    SHAPE = "shape"
    AMOUNT = "amount"
    CAP = "cap"
    WORKFLOW = "workflow"


class Reason(StrEnum):
    """Why a test failed."""

    STATUS_NOT_ACTIVE = "status-not-active"
    DUPLICATE_OUTCOME = "duplicate-outcome"
    EQUIVALENT_OUTCOME = "equivalent-outcome"
    SIMILAR_TITLE = "similar-title"
    NOT_YET_AWARDED = "not-yet-awarded"
    EXPIRED = "expired"
    AWARD_DAY_IMPRECISE = "award-day-imprecise"
    CLASS_NOT_ACCEPTED = "class-not-accepted"
    PROVIDER_NOT_ACCEPTED = "provider-not-accepted"
    BANK_NOT_ACCEPTED = "bank-not-accepted"
    COURSE_NOT_ACCEPTED = "course-not-accepted"
    SERIES_NOT_ACCEPTED = "series-not-accepted"
    LEVEL_NOT_STATED = "level-not-stated"
    LEVEL_FRAMEWORK_UNKNOWN = "level-framework-unknown"
    LEVEL_TOO_LOW = "level-too-low"
    GRADE_NOT_STATED = "grade-not-stated"
    GRADE_SCALE_UNKNOWN = "grade-scale-not-listed"
    GRADE_UNREADABLE = "grade-unreadable"
    GRADE_TOO_LOW = "grade-too-low"
    HOURS_TOO_FEW = "hours-too-few"
    ASSURANCE_NOT_STATED = "assurance-not-stated"
    ASSURANCE_TOO_LOW = "assurance-too-low"
    AWARDED_TOO_EARLY = "awarded-too-early"
    AWARDED_TOO_LATE = "awarded-too-late"
    ALREADY_CONSUMED = "already-consumed"
    EQUIVALENT_USED = "equivalent-used"
    SIMILAR_USED = "similar-used"
    HOME_USE_NOT_STATED = "home-use-not-stated"
    USED_AT_HOME = "used-at-home"
    LOWER_OF_SERIES = "lower-of-series"
    SERIES_LEVELS_UNKNOWN = "series-levels-unknown"
    TARGET_TAKEN = "target-taken"
    HOURS_NOT_STATED = "hours-not-stated"
    NO_OUTCOME_LEFT = "no-outcome-left"
    ONE_OUTCOME_ONLY = "one-outcome-only"
    TARGET_MISSING = "target-missing"
    TARGET_UNKNOWN = "target-unknown"
    PROGRAMME_NOT_STATED = "programme-not-stated"
    PROGRAMME_NOT_ACCEPTED = "programme-not-accepted"
    PLAN_VERSION_NOT_ACCEPTED = "plan-version-not-accepted"
    PROGRAMME_LEVEL_NOT_STATED = "programme-level-not-stated"
    PART_MISSING = "part-missing"
    AWARDS_TOO_FAR_APART = "awards-too-far-apart"
    SLOT_NOT_DIVISIBLE = "slot-not-divisible"
    SLOT_FULL = "slot-full"
    TARGET_NOT_IN_PLAN = "target-not-in-plan"
    TARGET_CREDITS_DIFFER = "target-credits-differ"
    NOT_EXEMPTIBLE = "not-exemptible"
    BELOW_QUANTUM = "below-quantum"
    AMOUNT_BELOW_QUANTUM = "amount-below-quantum"
    VALUE_UNKNOWN = "value-unknown"
    LEVEL_FACTOR_UNKNOWN = "level-factor-unknown"
    CAP_CERTIFICATE = "cap-certificate"
    CAP_CERTIFICATE_VALUE = "cap-certificate-value"
    CAP_RULE = "cap-rule"
    CAP_UNKNOWN = "cap-unknown"
    CAP_PERIOD = "cap-period"
    CAP_CLASS = "cap-class"
    CAP_PROVIDER = "cap-provider"
    CAP_CERTIFICATES = "cap-certificates"
    CAP_CATEGORY = "cap-category"
    CAP_PROGRAMME = "cap-programme"
    WINDOW_CLOSED = "window-closed"
    IDENTITY_TOO_LOW = "identity-too-low"
    FOUND_NOT_MET = "found-not-met"


FINDABLE = frozenset(
    {
        Reason.AWARD_DAY_IMPRECISE,
        Reason.SIMILAR_TITLE,
        Reason.SIMILAR_USED,
        Reason.LEVEL_NOT_STATED,
        Reason.LEVEL_FRAMEWORK_UNKNOWN,
        Reason.GRADE_NOT_STATED,
        Reason.GRADE_SCALE_UNKNOWN,
        Reason.GRADE_UNREADABLE,
        Reason.HOURS_NOT_STATED,
        Reason.ASSURANCE_NOT_STATED,
        Reason.HOME_USE_NOT_STATED,
        Reason.SERIES_LEVELS_UNKNOWN,
    }
)
"""What a person answers of an outcome with yes or no; the rest takes an amount that is stated."""

FOR_A_PERSON = FINDABLE | {
    Reason.VALUE_UNKNOWN,
    Reason.PROGRAMME_LEVEL_NOT_STATED,
    Reason.TARGET_CREDITS_DIFFER,
    Reason.LEVEL_FACTOR_UNKNOWN,
    Reason.CAP_UNKNOWN,
}
"""What is not known rather than not met: a person may decide it, the rule never guesses."""


class Note(StrEnum):
    """What a test that passed found."""

    STATUS_ACTIVE = "status-active"
    SINGLE_OUTCOME = "single-outcome"
    WITHIN_VALIDITY = "within-validity"
    VALID_FOR_EVER = "valid-for-ever"
    SOURCE_ACCEPTED = "source-accepted"
    NOT_CONSUMED = "not-consumed"
    HOURS_FREE = "hours-free"
    TARGET_FREE = "target-free"
    HOURS_POOLED = "hours-pooled"
    USED_HERE = "used-here"
    HIGHEST_OF_SERIES = "highest-of-series"
    PART_MET = "part-met"
    AWARDS_CLOSE = "awards-close"
    LEFT_UNUSED = "left-unused"
    COURSE_CREDITS = "course-credits"
    FIXED_CREDITS = "fixed-credits"
    SOURCE_CREDITS = "source-credits"
    EXEMPTED = "exempted"
    REST_OF_COURSE = "rest-of-course"
    CAP_CERTIFICATE_KEPT = "cap-certificate-kept"
    CAP_CERTIFICATE_VALUE_KEPT = "cap-certificate-value-kept"
    CAP_RULE_KEPT = "cap-rule-kept"
    CAP_PERIOD_KEPT = "cap-period-kept"
    CAP_CLASS_KEPT = "cap-class-kept"
    CAP_PROVIDER_KEPT = "cap-provider-kept"
    CAP_CERTIFICATES_KEPT = "cap-certificates-kept"
    CAP_CATEGORY_KEPT = "cap-category-kept"
    CAP_PROGRAMME_KEPT = "cap-programme-kept"
    WINDOW_OPEN = "window-open"
    IDENTITY_ENOUGH = "identity-enough"
    FOUND_MET = "found-met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One test of a trace: what it was about (an outcome, a course or the whole), the result."""

    step: Step
    subject: str | None
    code: Reason | Note
    facts: Mapping[str, int]

    @property
    def has_passed(self) -> bool:
        """True when the test did not fail."""
        return isinstance(self.code, Note)

    @property
    def shown(self) -> dict[str, str]:
        """Its facts as decimal strings of credits or hours, and days, without unit in the name."""
        return dict(_shown(name, fact) for name, fact in self.facts.items())


def _shown(name: str, fact: int) -> tuple[str, str]:
    stem, _, unit = name.rpartition("_")
    if unit == "milli":
        return stem, str(Credits(milli=fact))
    if unit == "minutes":
        return stem, str(StudyTime(minutes=fact))
    if unit == "day":
        return name, f"{fact // 10_000:04d}-{fact // 100 % 100:02d}-{fact % 100:02d}"
    return name, str(fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Credits, or points, for one target; an exemption 免修、免考 gives none.

    One `in_parts` may be applied in part, since others may fill the target beside it.
    """

    target: str
    credits: Credits
    unit: Literal["credits", "points"] = "credits"
    exempts: bool = False
    category: str | None = None
    grade: str | None = None
    in_parts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of an outcome that the conversion uses; no unit is all of it."""

    outcome: str
    unit: HoursUnit | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Granted:
    """What a shape grants, and the parts of outcomes that it uses for it."""

    grants: tuple[Grant, ...] = ()
    parts: tuple[Part, ...] = ()


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a rule says to a filing; `engine` is the semantic version of what decided."""

    engine: str
    rule_sha256: str
    grants: tuple[Grant, ...]
    parts: tuple[Part, ...]
    trace: tuple[Line, ...]

    @property
    def credits(self) -> Credits:
        """All credits that are granted."""
        return self._sum_of("credits")

    @property
    def points(self) -> Credits:
        """All points that are granted, in 1/1000."""
        return self._sum_of("points")

    def _sum_of(self, unit: str) -> Credits:
        amounts = (grant.credits.milli for grant in self.grants if grant.unit == unit)
        return Credits(milli=sum(amounts))

    @property
    def failures(self) -> tuple[Line, ...]:
        """Every test that failed, in order."""
        return tuple(line for line in self.trace if not line.has_passed)

    @property
    def needs_a_person(self) -> bool:
        """True where something is not known that the rule asks for, and nothing failed beside it.

        What also fails for another reason would fail whatever is found out.
        """
        failed: dict[str | None, set[object]] = {}
        for line in self.failures:
            failed.setdefault(line.subject, set()).add(line.code)
        return any(codes <= FOR_A_PERSON for codes in failed.values())

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of every test that failed, each once, in order."""
        return tuple(dict.fromkeys(line.code.value for line in self.failures))


DECISIONS = TypeAdapter(Decision)
"""Decisions as plain JSON and back."""


@dataclass(slots=True)
class Trace:
    """A trace while it is written; the deciding function alone adds to it."""

    lines: list[Line] = field(default_factory=list)

    def add(self, step: Step, subject: str | None, code: Reason | Note, **facts: int) -> None:
        """Add a line."""
        self.lines.append(Line(step=step, subject=subject, code=code, facts=facts))
