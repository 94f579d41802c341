"""What a transfer agreement says: courses that are asked for, credit that is given, notes.

The notation is the one of articulation guides: `INST SUBJ 101 (3) & INST SUBJ 102 (3) = OTHER SUBJ
1XX (6), Exempt OTHER SUBJ 110`. Every value keeps what is needed to print it back as it was.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")

_UNASSIGNED = re.compile(r"\d{0,2}X{1,4}\d{0,2}|\d(st|nd|rd|th)", re.ASCII)
_ASSIGNED = re.compile(r"\d{1,5}[A-Z]{0,2}", re.ASCII)

Words = tuple[str, ...]
"""Folded words and signs."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[ItemT]):
    """Things in a row with the words between them, of which there is one fewer."""

    items: tuple[ItemT, ...]
    between: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course as printed; `institution` is empty where it is that of its surroundings.

    `joint` is what stands between subject and number, `level` whether "level" follows the number.
    """

    institution: str = ""
    subject: str
    joint: str = ""
    number: str
    level: str = ""

    @property
    def is_unassigned(self) -> bool:
        """True for credit in a subject without a course: `1XX`, `2nd`, `300 lev`."""
        return bool(self.level) or _UNASSIGNED.fullmatch(self.number) is not None

    @property
    def is_assigned(self) -> bool:
        """True for one course: `101`, `330A`."""
        return not self.is_unassigned and _ASSIGNED.fullmatch(self.number) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name for what the credit also is: a designation, a laboratory; with the words before it."""

    before: Words
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """A course with its credits as printed, or without any."""

    course: Course
    credits: str | None = None
    labels: tuple[Label, ...] = ()

    @property
    def is_exempted(self) -> bool:
        """True where the course need not be taken and gives no credit."""
        return any(one.words in EXEMPTED for one in self.labels)


EXEMPTED: frozenset[Words] = frozenset({("exemption",), ("exempt",)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Courses of which so many are asked for: one of alternatives, or `Any 2 of …`."""

    courses: Listing[Worth]
    needed: int = 1
    opening: Words = ()
    closing: Words = ()


class Meaning(StrEnum):
    """What a note means for the rule."""

    EXEMPTS = "exempts"  # These courses need not be taken.
    INSTEAD = "instead"  # The learner may have this credit instead.
    CHOICE = "choice"  # She chooses among the alternatives.
    GRADE = "grade"  # At least this grade.
    YEARS = "years"  # Not older than so many years.
    TOGETHER = "together"  # All parts are asked for.
    NOT_ALONE = "not-alone"  # The named parts give nothing alone.
    LABEL = "label"  # A name for what the credit also is.


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One remark that is understood: its phrase, and what stands in the places of the phrase."""

    before: Words
    meaning: Meaning
    phrase: Words
    courses: Listing[Worth] | None = None
    number: int | None = None
    grade: Words = ()


Awarded = Listing[Worth]
"""Credit in courses that is given together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What one row says: sources, unless the row's own course is meant, targets, and notes.

    `targets` are alternatives, each of which is given whole; `end` is what closes the row.
    """

    sources: Listing[Choice] | None = None
    targets: Listing[Awarded]
    notes: tuple[Note, ...] = ()
    end: Words = ()


class Answer(StrEnum):
    """What a row may say instead of giving credit."""

    NO_CREDIT = "no-credit"
    INDIVIDUAL = "individual"  # A person assesses each case.


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A row that gives nothing by itself."""

    answer: Answer
    words: Words


Statement = Agreement | Plain
