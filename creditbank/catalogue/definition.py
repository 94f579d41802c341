"""Outcome definitions: what a course, certificate or activity is when it is achieved."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from creditbank.conversion.amounts import Credits, StudyTime


class OutcomeClass(StrEnum):
    """The four classes of learning outcomes."""

    FORMAL = "formal"  # 学历教育
    VOCATIONAL = "vocational"  # 职业技能证书
    NON_DEGREE = "non_degree"  # 非学历教育
    VENUE = "venue"  # 社会场馆学习


class Counting(StrEnum):
    """Which of several outcomes of one definition and learner count; all of them stay."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"
    EACH = "each"  # as visits do: none is another try


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a definition; the key is institution, code, version and first day.

    Codes are reused. `is_reused` marks one whose code and version another had before it: only then
    does its first day stand in its id, and in what is stated of outcomes.
    """

    id: str
    institution_id: str
    code: str
    version: str
    title: str
    title_en: str | None
    outcome_class: OutcomeClass
    scheme_id: str
    credits: Credits | None
    hours: StudyTime | None
    valid_from: str
    """First day on which a result of this version can be awarded, YYYY-MM-DD."""

    valid_until: str | None = None
    """Last such day; without one it ends where the next version of the code begins."""

    counting: Counting = Counting.BEST
    category: str | None = None
    """The institution's own word by which class hours are added up, as 公需科目."""

    level_framework: str | None = None
    level: int | None = None
    """The ordinal of its level in that framework."""

    isced_field: str | None = None
    occupation: str | None = None
    is_reused: bool = False

    @property
    def stated_first_day(self) -> str | None:
        """The first day, where a statement needs it to say which definition is meant."""
        return self.valid_from if self.is_reused else None


def definition_id(
    institution_id: str, code: str, version: str, first_day: str | None = None
) -> str:
    """Give the id of a definition; it follows from the key, so that a repeated import finds it."""
    key = (
        [institution_id, code, version]
        if first_day is None
        else [institution_id, code, version, first_day]
    )
    return sha256("\0".join(key).encode()).hexdigest()[:32]
