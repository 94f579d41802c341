"""Courses with their credits and labels, and rows of them."""

import re
from collections.abc import Collection

from creditbank.agreements.cursor import Cursor
from creditbank.agreements.notation import EXEMPTED, Course, Label, Words, Worth
from creditbank.agreements.phrases import shipped_phrases

_NAME = re.compile(r"[^\W\d_]{1,12}")
_NUMBER = re.compile(r"\d{1,5}[^\W_]{0,8}|x{2,4}", re.ASCII)
_CREDITS = re.compile(r"\d{1,3}(\.\d{1,3})?", re.ASCII)
_ORDINAL = re.compile(r"\d(st|nd|rd|th)", re.ASCII)
_LEVELS = frozenset({"lev", "level"})
_NO_NAMES = frozenset(
    {
        *("and", "or", "any", "of", "one", "two", "three", "four", "five", "either", "both", "all"),
        *("not", "may", "if", "for", "from", "to", "the", "only", "max", "maximum", "than"),
        *("level", "within", "category", "stream", "exclude", "excludes", "excluding"),
    }
)
"""Words that stand before numbers and name neither an institution nor a subject."""
_BEFORE_LABELS: tuple[Words, ...] = ((",", "*"), (",",), ("-",), ("/",), ("*",), ())


def read_course(at: Cursor) -> Course | None:
    """Read a course, `INST SUBJ 101` or `SUBJ 101`; None, and nothing read, where none stands."""
    start = at.at
    names: list[str] = []
    while len(names) < 2 and _is_name(at.peek()):  # noqa: PLR2004 - institution and subject
        names.append(at.take())
    joint = at.take() if names and at.peek() == "-" else ""
    if not names or _NUMBER.fullmatch(at.peek()) is None:
        at.at = start
        return None
    number = at.take()
    level = at.take() if at.peek() in _LEVELS else ""
    return Course(
        institution=names[0].upper() if names[1:] else "",
        subject=names[-1].upper(),
        joint=joint,
        number=number if _ORDINAL.fullmatch(number) else number.upper(),
        level=level,
    )


def _is_name(word: str) -> bool:
    is_other = word in _NO_NAMES or word in shipped_phrases().openings
    return _NAME.fullmatch(word) is not None and not is_other


def read_worth(at: Cursor, labels: Collection[Words]) -> Worth | None:
    """Read a course with its credits in brackets and its labels, as far as they stand there."""
    course = read_course(at)
    if course is None:
        return None
    amount = None
    if at.peek() == "(" and _CREDITS.fullmatch(at.peek(1)) and at.peek(2) == ")":
        amount = at.peek(1)
        at.at += 3
    return Worth(course=course, credits=amount, labels=read_labels(at, labels))


def read_labels(at: Cursor, known: Collection[Words]) -> tuple[Label, ...]:
    """Read the labels that stand here; what is no label is left."""
    found: list[Label] = []
    while (label := _read_label(at, known)) is not None:
        found.append(label)
    return tuple(found)


def _read_label(at: Cursor, known: Collection[Words]) -> Label | None:
    start = at.at
    for before in _BEFORE_LABELS:
        if at.accepts(before):
            words = at.one_of(known)
            if words is not None and not (words in EXEMPTED and _names_a_course(at)):
                return Label(before=before, words=words)
            at.at = start
    return None


def _names_a_course(at: Cursor) -> bool:
    """Say whether what is exempted follows."""
    return at.peek() in {"from", "for"} or read_course(Cursor(at.words, at.at)) is not None
