"""The forms of agreements by which an import is counted; said of a row's words, read or not."""

import re
from enum import StrEnum

from creditbank.agreements.notation import Words

_UNASSIGNED = re.compile(r"\d{0,2}x{1,4}\d{0,2}|\d(st|nd|rd|th)|lev", re.ASCII)


class AgreementForm(StrEnum):
    """What a row looks like."""

    NO_CREDIT = "no-credit"
    INDIVIDUAL = "individual-assessment"
    ANY_OF = "any-of"
    BUNDLE = "bundle"
    SOURCES_OR = "one-of-several-courses"
    TARGETS_OR = "alternatives"
    SEVERAL = "several-courses"
    REMARK = "with-a-remark"
    UNASSIGNED = "unassigned-credit"
    COURSE = "course-to-course"
    EXAM = "examination"
    CERTIFICATE = "certificate"


def form_of(words: Words) -> AgreementForm:
    """Give the form of a transfer agreement by its folded words; the first that fits counts."""
    sources = words[: words.index("=")] if "=" in words else ()
    targets = words[len(sources) + 1 :] if sources else words
    if words[:2] == ("no", "credit"):
        return AgreementForm.NO_CREDIT
    if words[:1] == ("individual",) or "determined" in words:
        return AgreementForm.INDIVIDUAL
    if sources[:1] == ("any",) or "any" in sources:
        return AgreementForm.ANY_OF
    if sources:
        joined = {"&", "and"} & set(sources)
        return AgreementForm.BUNDLE if joined else AgreementForm.SOURCES_OR
    return _of_targets(targets)


def _of_targets(words: Words) -> AgreementForm:
    if "," in words or "." in words[:-1]:
        return AgreementForm.REMARK
    if "or" in words:
        return AgreementForm.TARGETS_OR
    if {"&", "and"} & set(words):
        return AgreementForm.SEVERAL
    if any(_UNASSIGNED.fullmatch(one) for one in words):
        return AgreementForm.UNASSIGNED
    return AgreementForm.COURSE
