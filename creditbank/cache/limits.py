"""Rate limits: how many requests one client may make within a window.

While the shared cache is down each process counts for itself, so a limit holds per process and
nobody is turned away for an outage.
"""

from dataclasses import dataclass

from creditbank.cache.store import Cache, CacheDown

MS_PER_SECOND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `quota` requests of one client within `window_seconds` of its first."""

    name: str
    quota: int
    window_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a client stands under a limit after one more request."""

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
        name, window_ms = f"{limit.name}:{client}", limit.window_seconds * MS_PER_SECOND
        try:
            tally = self._cache.count(name, window_ms)
        except CacheDown:
            tally = self._fallback.count(name, window_ms)
        reset_seconds = max(-(-tally.left_ms // MS_PER_SECOND), 1)
        return Standing(limit=limit, count=tally.count, reset_seconds=reset_seconds)
