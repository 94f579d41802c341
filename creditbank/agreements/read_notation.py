"""The reader of the notation: a row's words in, what they say out; nothing is guessed."""

from collections.abc import Collection
from itertools import pairwise

from creditbank.agreements.cursor import Cursor
from creditbank.agreements.notation import (
    EXEMPTED,
    Agreement,
    Awarded,
    Listing,
    Plain,
    Statement,
    Words,
    Worth,
)
from creditbank.agreements.phrases import shipped_phrases
from creditbank.agreements.read_courses import read_worth
from creditbank.agreements.read_notes import read_notes
from creditbank.agreements.read_rows import AND, APART, COMMA, OR, Joint, as_printed, read_row
from creditbank.agreements.read_sources import read_sources
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.words import fold


def read_notation(text: str, labels: Collection[Words] = ()) -> Statement:
    """Read what an agreement says; `labels` are the folded names that credit may carry.

    Raises `Unread` with the reason and the words that are not understood.
    """
    words = fold(text)
    for statement, answer in shipped_phrases().statements:
        if words in {statement, (*statement, ".")}:
            return Plain(answer=answer, words=words)
    known = sorted({*labels, *EXEMPTED}, key=lambda one: (-len(one), one))
    sources = None
    if "=" in words:
        place = words.index("=")
        sources, words = read_sources(words[:place]), words[place + 1 :]
    at = Cursor(words)
    targets = _read_targets(at, known)
    notes = read_notes(at, known)
    return Agreement(sources=sources, targets=targets, notes=notes, end=at.rest)


def _read_targets(at: Cursor, labels: Collection[Words]) -> Listing[Awarded]:
    """Read alternatives, each of which is given whole."""
    items, between = read_row(at, lambda place: _read_target(place, labels))
    if not items:
        raise Unread.at(Why.NOTATION, at.rest)
    if any(kind == COMMA for _, kind in between):
        raise Unread.at(Why.LIST, at.words)
    kinds = {kind for _, kind in between}
    if {AND, OR} <= kinds:
        raise Unread.at(Why.MIXED, at.words)
    return _alternatives(items, between)


def _read_target(at: Cursor, labels: Collection[Words]) -> Worth | None:
    return read_worth(at, labels)


def _alternatives(items: list[Worth], between: list[Joint]) -> Listing[Awarded]:
    """Part a row where it says `or`; what is joined by `&` stays together."""
    cuts = [place for place, (_, kind) in enumerate(between) if kind in {OR, APART}]
    ends = [-1, *cuts, len(items) - 1]
    awarded = tuple(
        as_printed(items[before + 1 : cut + 1], between[before + 1 : cut])
        for before, cut in pairwise(ends)
    )
    return Listing(awarded, tuple(between[place][0] for place in cuts))
