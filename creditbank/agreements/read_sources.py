"""The left side of an agreement: which courses are asked for, and how many of them."""

from creditbank.agreements.cursor import Cursor
from creditbank.agreements.notation import Choice, Listing, Words, Worth
from creditbank.agreements.read_courses import read_worth
from creditbank.agreements.read_rows import AND, APART, COMMA, OR, as_printed, read_row
from creditbank.agreements.refusals import Unread, Why

_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_DIGITS_MAX = 2


def read_sources(words: Words) -> Listing[Choice]:
    """Read what is asked for; raises `Unread`."""
    at = Cursor(words)
    items, between = read_row(at, _read_choice)
    if not items or not at.is_done:
        raise Unread.at(Why.NOTATION, at.rest)
    kinds = {kind for _, kind in between}
    if COMMA in kinds:
        raise Unread.at(Why.LIST, words)
    if kinds <= {AND}:
        return as_printed(items, between)
    if kinds <= {OR, APART} and all(_is_single(one) for one in items):
        worths = [one.courses.items[0] for one in items]
        return Listing((Choice(courses=as_printed(worths, between)),))
    raise Unread.at(Why.MIXED, words)


def _is_single(choice: Choice) -> bool:
    return len(choice.courses.items) == 1 and not choice.opening


def _read_choice(at: Cursor) -> Choice | None:
    """Read one course, `any 2 of` several, or alternatives in brackets."""
    start = at.at
    opening, needed = _read_opening(at)
    if not opening:
        worth = _read_source(at)
        return None if worth is None else Choice(courses=Listing((worth,)))
    is_bracketed = opening[-1] == "("
    items, between = read_row(at, _read_source)
    closing = (")",) if is_bracketed and at.accepts((")",)) else ()
    is_one_kind = len({kind for _, kind in between} - {COMMA}) <= 1
    if not items or is_bracketed != bool(closing):
        at.at = start
        return None
    if not is_one_kind or (opening == ("(",) and {kind for _, kind in between} & {AND, COMMA}):
        raise Unread.at(Why.MIXED, at.words)
    if needed > len(items):
        raise Unread.at(Why.TOO_FEW, at.words)
    return Choice(
        courses=as_printed(items, between), needed=needed, opening=opening, closing=closing
    )


def _read_opening(at: Cursor) -> tuple[Words, int]:
    """Read `any 2 of`, `one of`, `either` or a bracket, and how many are needed."""
    start, needed = at.at, 1
    if not at.accepts(("either",)):
        at.accepts(("any",))
        needed = _count(at.peek())
        if needed and at.peek(1) == "of":
            at.at += 2
            at.accepts((":",))
        else:
            at.at, needed = start, 1
    at.accepts(("(",))
    return at.words[start : at.at], needed


def _count(word: str) -> int:
    """Give a number in figures or words; 0 where it is none."""
    if word.isascii() and word.isdecimal() and len(word) <= _DIGITS_MAX:
        return int(word)
    return _COUNTS.get(word, 0)


def _read_source(at: Cursor) -> Worth | None:
    return read_worth(at, ())
