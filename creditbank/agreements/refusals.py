"""Why a row is left to a person."""

from enum import StrEnum
from typing import Self

from creditbank.agreements.notation import Words


class Why(StrEnum):
    """What could not be read, or not be said by a rule."""

    NOTATION = "agreement-notation-unknown"
    WORDS = "agreement-words-unknown"
    EXCLUDES = "agreement-excludes-credit"
    AT_MOST = "agreement-bounds-credit"
    PROGRAMMES = "agreement-for-some-programmes"
    CONDITION = "agreement-under-a-condition"
    MIXED = "agreement-mixes-and-or"
    LIST = "agreement-list-unclear"
    CREDITS = "agreement-credits-missing"
    ZERO = "agreement-credits-zero"
    UNDIVIDED = "agreement-credits-undivided"
    COURSE_NUMBER = "agreement-course-number-unknown"
    REPEATED = "agreement-course-repeated"
    OTHER_INSTITUTION = "agreement-of-another-institution"
    NOT_OF_ROW = "agreement-not-of-its-row"
    SEVERAL_PROVIDERS = "agreement-of-several-providers"
    TOO_FEW = "agreement-asks-for-too-many"
    GRADE = "agreement-grade-unknown"
    LEVEL = "agreement-level-unknown"
    DATES = "agreement-dates-unreadable"
    REVERSED = "agreement-dates-reversed"
    OVERLAPS = "agreement-overlaps-another"
    PRINTED = "agreement-prints-otherwise"
    RULE = "agreement-rule-incoherent"
    CELL = "agreement-cell-wrong"


LEFT = {
    "excludes-other-credit": Why.EXCLUDES,
    "at-most": Why.AT_MOST,
    "for-some-programmes": Why.PROGRAMMES,
    "if-condition": Why.CONDITION,
}
"""The reason for each kind of remark that no rule can say."""


class Unread(Exception):
    """A row is not read; `found` are the words or rows that it stands for."""

    def __init__(self, why: Why, found: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.found = found

    @classmethod
    def at(cls, why: Why, words: Words) -> Self:
        """Say which words are not understood."""
        return cls(why, " ".join(words))
