"""The cache that several processes share: Redis 7 or newer.

A question waits 0.3 s at most and is never repeated: with its default retries, redis-py 8 turns
that into seven seconds. After a failure nobody asks for a second, so that a slow server does not
slow every request; each outage is logged once.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from creditbank.cache.store import NO_TALLY, CacheDown, Tally, code_name

TIMEOUT_SECONDS = 0.3
REST_SECONDS = 1.0
CONNECTIONS_MAX = 64
PREFIX = "creditbank"

_log = logging.getLogger(__name__)


class RedisCache:
    """Counters and codes in the Redis database that the URL names."""

    def __init__(self, url: str, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._client = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=CONNECTIONS_MAX,
            decode_responses=True,
        )
        self._is_down = False
        self._rests_until = 0.0

    def count(self, name: str, window_ms: int) -> Tally:
        """Add one to a counter, in one transaction of the server."""
        key = _counter(name)
        with self._asking():
            pipeline = self._client.pipeline(transaction=True)
            pipeline.incr(key)
            pipeline.pexpire(key, window_ms, nx=True)
            pipeline.pttl(key)
            count, _, left_ms = pipeline.execute()
        return Tally(count=count, left_ms=max(left_ms, 0))

    def look(self, name: str) -> Tally:
        """Give a counter."""
        key = _counter(name)
        with self._asking():
            pipeline = self._client.pipeline(transaction=True)
            pipeline.get(key)
            pipeline.pttl(key)
            count, left_ms = pipeline.execute()
        return NO_TALLY if count is None else Tally(count=int(count), left_ms=max(left_ms, 0))

    def put(self, code: str, value: str, lifetime_ms: int) -> bool:
        """Keep a value under a code that is not in use."""
        key = f"{PREFIX}:code:{code_name(code, lifetime_ms)}"
        with self._asking():
            return bool(self._client.set(key, value, px=lifetime_ms, nx=True))

    def take(self, code: str) -> str | None:
        """Give the value of a code and forget it, in one command."""
        with self._asking():
            value = self._client.getdel(f"{PREFIX}:code:{code_name(code)}")
        return None if value is None else str(value)

    def reach(self) -> None:
        """Ask the server to answer."""
        with self._asking():
            self._client.ping()

    def close(self) -> None:
        """Give all connections back."""
        self._client.close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if self._monotonic() < self._rests_until:
            raise CacheDown
        try:
            yield
        except RedisError as error:
            self._rests_until = self._monotonic() + REST_SECONDS
            if not self._is_down:
                _log.warning("Redis does not answer: %s", error)
            self._is_down = True
            raise CacheDown from error
        if self._is_down:
            _log.warning("Redis answers again")
        self._is_down = False


def _counter(name: str) -> str:
    return f"{PREFIX}:count:{name}"
