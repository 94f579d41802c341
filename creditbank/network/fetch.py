"""What fetching means to those who need it: one address, one answer, or none."""

from collections.abc import Callable
from typing import TypeAlias

Fetch: TypeAlias = Callable[[str], bytes]
"""Gives the JSON that an address answers; raises `Unreachable`."""


class Unreachable(Exception):
    """Nothing that may be relied on was fetched; the message says why, for the log alone."""


def fetch_nothing(url: str) -> bytes:
    """Fetch nothing at all: for a bank that asks nobody outside."""
    raise Unreachable(f"{url} is not asked: this bank fetches nothing")
