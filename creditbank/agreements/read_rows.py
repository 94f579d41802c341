"""Things in a row, joined by "and", "or" and commas."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from creditbank.agreements.cursor import Cursor
from creditbank.agreements.notation import Listing, Words

ItemT = TypeVar("ItemT")

AND, OR, APART, COMMA = "and", "or", "apart", "comma"
"""Given together; alternatives; alternatives set apart by a comma; what only the rest says."""

_BETWEEN: tuple[tuple[Words, str], ...] = (
    ((",", "&"), AND),
    ((",", "and"), AND),
    ((",", "or"), APART),
    (("&",), AND),
    (("and",), AND),
    (("or",), OR),
    ((",",), COMMA),
)


Joint = tuple[Words, str]
"""Words between two things, and their kind."""


def read_row(at: Cursor, read: Callable[[Cursor], ItemT | None]) -> tuple[list[ItemT], list[Joint]]:
    """Read things in a row, and what stands between them; commas take the kind of what follows."""
    first = read(at)
    items: list[ItemT] = [] if first is None else [first]
    between: list[Joint] = []
    while items:
        start = at.at
        joint = next((one for one in _BETWEEN if at.accepts(one[0])), None)
        following = None if joint is None else read(at)
        if joint is None or following is None:
            at.at = start
            break
        items.append(following)
        between.append(joint)
    return items, _settled(between)


def _settled(between: Sequence[Joint]) -> list[Joint]:
    """Give each comma the kind of the next joint that has one."""
    kind, found = COMMA, []
    for words, own in reversed(between):
        kind = kind if own == COMMA else own
        found.append((words, kind))
    return found[::-1]


def as_printed(items: Sequence[ItemT], between: Sequence[Joint]) -> Listing[ItemT]:
    """Give a row as it stood."""
    return Listing(tuple(items), tuple(words for words, _ in between))
