"""The cache of a single process. Its memory is bounded: the oldest entry makes room for the newest.

Counters and codes have room of their own, so that a flood of addresses cannot push out a code.
"""

import threading
from collections.abc import Callable, MutableMapping
from typing import TypeVar

from creditbank.cache.store import NO_TALLY, Tally, code_name

ENTRIES_MAX = 50_000

EntryT = TypeVar("EntryT")


class MemoryCache:
    """Counters and codes in this process's memory; `monotonic` tells seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._tallies: dict[str, tuple[int, int]] = {}
        self._codes: dict[str, tuple[str, int]] = {}

    def count(self, name: str, window_ms: int) -> Tally:
        """Add one to a counter."""
        with self._lock:
            now = self._now_ms()
            count, until = self._tallies.get(name, (0, now))
            if until <= now:
                count, until = 0, now + window_ms
                self._tallies.pop(name, None)
                _make_room(self._tallies)
            self._tallies[name] = (count + 1, until)
        return Tally(count=count + 1, left_ms=until - now)

    def look(self, name: str) -> Tally:
        """Give a counter."""
        with self._lock:
            now = self._now_ms()
            count, until = self._tallies.get(name, (0, now))
        return Tally(count=count, left_ms=until - now) if until > now else NO_TALLY

    def put(self, code: str, value: str, lifetime_ms: int) -> bool:
        """Keep a value under a code that is not in use."""
        name = code_name(code, lifetime_ms)
        with self._lock:
            now = self._now_ms()
            _, until = self._codes.get(name, ("", now))
            if until > now:
                return False
            self._codes.pop(name, None)
            _make_room(self._codes)
            self._codes[name] = (value, now + lifetime_ms)
        return True

    def take(self, code: str) -> str | None:
        """Give the value of a code and forget it."""
        with self._lock:
            now = self._now_ms()
            value, until = self._codes.pop(code_name(code), ("", now))
        return value if until > now else None

    def reach(self) -> None:
        """Answer; memory is always there."""

    def close(self) -> None:
        """Nothing is held open."""

    def _now_ms(self) -> int:
        return int(self._monotonic() * 1000)


def _make_room(entries: MutableMapping[str, EntryT]) -> None:
    """Drop the entry that came first when the room is full."""
    if len(entries) >= ENTRIES_MAX:
        del entries[next(iter(entries))]
