"""Open the cache that an installation uses."""

import time

from creditbank.cache.memory import MemoryCache
from creditbank.cache.redis_server import RedisCache
from creditbank.cache.store import Cache


def open_cache(redis_url: str | None) -> Cache:
    """Open Redis, which need not answer yet, or without a URL the memory of this process."""
    if redis_url is None:
        return MemoryCache(time.monotonic)
    return RedisCache(redis_url, time.monotonic)
