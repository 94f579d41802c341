"""What a cache can do, whichever it is: count within a window, and lend a value to be taken once.

Lost content is harmless by design: a forgotten counter lets more requests through, and a forgotten
code is refused. That is why a code is stored when it is shown and removed when it is taken, and not
remembered as spent: a wiped cache refuses every code, it never accepts one twice.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from creditbank.errors import Refusal

CODE_MS_MAX = 60_000


class CacheDown(Refusal):
    """The cache does not answer; whoever asked for a code is refused and can try again."""

    def __init__(self) -> None:
        super().__init__("unavailable", retry_after_seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A counter after one was added: its count, and the ms until it starts anew."""

    count: int
    left_ms: int


NO_TALLY = Tally(count=0, left_ms=0)


class Cache(Protocol):
    """Short-lived counters and codes, shared by the processes that share the cache."""

    def count(self, name: str, window_ms: int) -> Tally:
        """Add one to a counter, whose window of `window_ms` begins with its first one."""
        ...

    def look(self, name: str) -> Tally:
        """Give a counter without adding to it; one that nobody counts stands at 0."""
        ...

    def put(self, code: str, value: str, lifetime_ms: int) -> bool:
        """Keep a value under a code for at most 60,000 ms; False when the code is in use.

        The code itself is not stored, only its SHA-256.
        """
        ...

    def take(self, code: str) -> str | None:
        """Give the value of a code and forget it; None when it is unknown, over or taken."""
        ...

    def reach(self) -> None:
        """Do nothing but answer; raises `CacheDown`."""
        ...

    def close(self) -> None:
        """Give all connections back."""
        ...


def code_name(code: str, lifetime_ms: int = CODE_MS_MAX) -> str:
    """Name a code's place by its SHA-256; raises `ValueError` for a life over 60,000 ms."""
    if not 0 < lifetime_ms <= CODE_MS_MAX:
        message = f"a code lives 1 to {CODE_MS_MAX} ms, not {lifetime_ms}"
        raise ValueError(message)
    return sha256(code.encode()).hexdigest()
