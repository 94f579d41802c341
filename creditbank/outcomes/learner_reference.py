"""Who learned, and by which attempt, as a posted result names them."""

from dataclasses import dataclass
from enum import StrEnum

from creditbank.learners.documents import Document
from creditbank.learners.match import LearnerKind


class AttemptKind(StrEnum):
    """How an attempt came about."""

    FIRST = "first"  # 正考
    RESIT = "resit"  # 补考
    RETAKE = "retake"  # 重修
    DEFERRED = "deferred"  # 缓考
    RECOGNISED = "recognised"  # 认定


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerReference:
    """Who learned, by one number: the provider's own, the account's, or that of a document.

    A name beside a number only checks it; a name alone leads to nobody until a person decides.
    Name and year of birth are kept where the result opens an account, to be claimed by later.
    """

    kind: LearnerKind
    value: str
    name: str | None
    birth_year: int | None
    document: Document | None = None
