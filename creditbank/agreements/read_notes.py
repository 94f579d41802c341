"""Remarks behind the credit: understood by their phrase, or left to a person with the reason."""

import re
from collections.abc import Collection
from dataclasses import replace

from creditbank.agreements.cursor import Cursor
from creditbank.agreements.notation import Listing, Meaning, Note, Words, Worth
from creditbank.agreements.phrases import shipped_phrases
from creditbank.agreements.read_courses import read_worth
from creditbank.agreements.read_rows import AND, COMMA, as_printed, read_row
from creditbank.agreements.refusals import LEFT, Unread, Why

_BEFORE: tuple[Words, ...] = (
    (",", "*"),
    (".", ","),
    (",",),
    (".",),
    (";",),
    ("-",),
    ("*",),
    (),
)
_YEARS = re.compile(r"[1-9]\d?", re.ASCII)
_GRADE = re.compile(r"[a-z]|\d{1,3}(\.\d{1,2})?", re.ASCII)


def read_notes(at: Cursor, labels: Collection[Words]) -> tuple[Note, ...]:
    """Read every remark up to the closing point; raises `Unread`."""
    notes: list[Note] = []
    while not at.is_done and at.rest != (".",):
        note = _read_note(at, labels)
        if note is None:
            raise Unread.at(_why(at.rest), at.rest)
        notes.append(note)
    return tuple(notes)


def _read_note(at: Cursor, labels: Collection[Words]) -> Note | None:
    start = at.at
    for before in _BEFORE:
        if not at.accepts(before):
            continue
        for phrase, meaning in shipped_phrases().notes:
            note = _matched(at, phrase, Note(before=before, meaning=meaning, phrase=phrase), labels)
            if note is not None:
                return note
        label = at.one_of(labels) if before else None
        if label is not None:
            return Note(before=before, meaning=Meaning.LABEL, phrase=label)
        at.at = start
    return None


def _matched(at: Cursor, phrase: Words, note: Note, labels: Collection[Words]) -> Note | None:
    """Read a phrase with what stands in its places; None, and nothing read, where it differs."""
    start = at.at
    for word in phrase:
        filled: Note | None = None
        if not word.startswith("{"):
            filled = note if at.accepts((word,)) else None
        elif word == "{number}":
            filled = _with_number(at, note)
        elif word == "{grade}":
            filled = _with_grade(at, note)
        else:
            filled = _with_courses(at, note, labels, is_one=word == "{course}")
        if filled is None:
            at.at = start
            return None
        note = filled
    return note


def _with_number(at: Cursor, note: Note) -> Note | None:
    if _YEARS.fullmatch(at.peek()) is None:
        return None
    return replace(note, number=int(at.take()))


def _with_grade(at: Cursor, note: Note) -> Note | None:
    """Read a letter with its sign, or a percentage; in quotation marks or without."""
    start = at.at
    at.accepts(('"',))
    word = at.take() if not at.is_done else ""
    at.one_of((("+",), ("-",), ("%",)))
    at.accepts(('"',))
    if _GRADE.fullmatch(word) is None:
        at.at = start
        return None
    return replace(note, grade=at.words[start : at.at])


def _with_courses(
    at: Cursor, note: Note, labels: Collection[Words], *, is_one: bool
) -> Note | None:
    known = labels if note.meaning is Meaning.INSTEAD else ()

    def read(place: Cursor) -> Worth | None:
        return read_worth(place, known)

    if is_one:
        one = read(at)
        return None if one is None else replace(note, courses=Listing((one,)))
    items, between = read_row(at, read)
    if not items or not {kind for _, kind in between} <= {AND, COMMA}:
        return None
    return replace(note, courses=as_printed(items, between))


def _why(rest: Words) -> Why:
    """Say what a remark is about that no rule can say."""
    text = f" {' '.join(rest)} "
    for kind, starts in shipped_phrases().left.items():
        if any(f" {' '.join(one)} " in text for one in starts):
            return LEFT[kind]
    return Why.WORDS
