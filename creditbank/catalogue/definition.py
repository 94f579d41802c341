"""Outcome definitions: what a course, certificate or activity is when it is achieved."""

from dataclasses import dataclass
from enum import StrEnum

from creditbank.conversion.amounts import Credits, StudyTime


class OutcomeClass(StrEnum):
    """The four classes of learning outcomes."""

    FORMAL = "formal"  # 学历教育
    VOCATIONAL = "vocational"  # 职业技能证书
    NON_DEGREE = "non_degree"  # 非学历教育
    VENUE = "venue"  # 社会场馆学习


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a definition; codes are reused, so the key is institution, code, version."""

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
