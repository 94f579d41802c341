"""Statements printed in their own notation; what folds as the source did says the same."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from creditbank.agreements.notation import (
    Agreement,
    Choice,
    Course,
    Label,
    Listing,
    Note,
    Plain,
    Statement,
    Words,
    Worth,
)
from creditbank.agreements.words import spaced

ItemT = TypeVar("ItemT")


def print_notation(statement: Statement) -> str:
    """Print a statement; `fold` of it is `fold` of what was read."""
    if isinstance(statement, Plain):
        return spaced(" ".join(statement.words))
    return spaced(" ".join(_agreement(statement)))


def print_course(course: Course) -> str:
    """Print a course alone."""
    names = [*filter(None, (course.institution, course.subject))]
    printed = f"{' '.join(names)}{course.joint or ' '}{course.number}"
    return f"{printed} {course.level}" if course.level else printed


def _agreement(agreement: Agreement) -> Iterator[str]:
    if agreement.sources is not None:
        yield from _row(agreement.sources, _choice)
        yield "="
    yield from _row(agreement.targets, lambda one: _row(one, _worth))
    for note in agreement.notes:
        yield from _note(note)
    yield from agreement.end


def _row(row: Listing[ItemT], printed: Callable[[ItemT], Iterator[str]]) -> Iterator[str]:
    for item, between in zip(row.items, ((), *row.between), strict=True):
        yield from between
        yield from printed(item)


def _choice(choice: Choice) -> Iterator[str]:
    yield from choice.opening
    yield from _row(choice.courses, _worth)
    yield from choice.closing


def _worth(worth: Worth) -> Iterator[str]:
    yield print_course(worth.course)
    if worth.credits is not None:
        yield f"({worth.credits})"
    for label in worth.labels:
        yield from _label(label)


def _label(label: Label) -> Iterator[str]:
    yield from label.before
    yield from label.words


def _note(note: Note) -> Iterator[str]:
    yield from note.before
    for word in note.phrase:
        yield from _place(note, word)


def _place(note: Note, word: str) -> Words | Iterator[str]:
    if word == "{number}":
        return (str(note.number),)
    if word == "{grade}":
        return note.grade
    if word.startswith("{") and note.courses is not None:
        return _row(note.courses, _worth)
    return (word,)
