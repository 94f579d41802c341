"""Rate limits: how many requests one client may make within a window.

While the shared cache is down each process counts for itself, so a limit holds per process and
nobody is turned away for an outage.
"""

from collections.abc import Callable
from dataclasses import dataclass

from creditbank.cache.store import Cache, CacheDown, Tally

MS_PER_SECOND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `quota` requests of one client within `window_seconds` of its first."""

    name: str
    quota: int
    window_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a client stands under a limit."""

    limit: Limit
    count: int
    reset_seconds: int

    @property
    def remaining(self) -> int:
        """How many more requests are let through within this window."""
        return max(self.limit.quota - self.count, 0)

    @property
    def is_over(self) -> bool:
        """Say whether this request is one too many."""
        return self.count > self.limit.quota


class RateLimits:
    """Counts requests in the cache, or in `fallback` while the cache is down."""

    def __init__(self, cache: Cache, fallback: Cache) -> None:
        self._cache = cache
        self._fallback = fallback

    def count(self, limit: Limit, client: str) -> Standing:
        """Count one request of a client under a limit."""
        window_ms = limit.window_seconds * MS_PER_SECOND
        return self._ask(limit, client, lambda cache, name: cache.count(name, window_ms))

    def look(self, limit: Limit, client: str) -> Standing:
        """Say where a client stands without counting."""
        return self._ask(limit, client, lambda cache, name: cache.look(name))

    def _ask(self, limit: Limit, client: str, ask: Callable[[Cache, str], Tally]) -> Standing:
        name = f"{limit.name}:{client}"
        try:
            tally = ask(self._cache, name)
        except CacheDown:
            tally = ask(self._fallback, name)
        reset_seconds = max(-(-tally.left_ms // MS_PER_SECOND), 1)
        return Standing(limit=limit, count=tally.count, reset_seconds=reset_seconds)
