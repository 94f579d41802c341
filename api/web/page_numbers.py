"""Which page of a list is asked for, as its links write it."""

from typing import Annotated, Final

from fastapi import Query

_DIGITS_MAX: Final = 6
PAGES_MAX: Final = 10**_DIGITS_MAX - 1

PageNumber = Annotated[str, Query(alias="page")]
"""As it stands in an address; who lists something passes it to `page_number`."""


def pages_of(count: int, size: int) -> int:
    """Give how many pages a list of so many has; an empty one has one."""
    return max(1, -(-count // size))


def page_number(asked: str, pages: int = PAGES_MAX) -> int:
    """Give the page that is asked for; beyond the last one, the last, and for no number the first.

    Nobody turns so many pages that its number is longer, and Python reads no endless number.
    """
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= _DIGITS_MAX
    return min(max(int(asked), 1), pages) if is_number else 1
