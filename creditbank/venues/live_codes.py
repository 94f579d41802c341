"""Live codes 动态码: each holds 30 seconds and is taken once, from the cache or not at all.

While the cache is down none is shown and none is believed.
"""

from collections.abc import Callable

from certificates.token import new_token
from creditbank.cache.store import Cache, CacheDown
from creditbank.errors import Refusal
from creditbank.venues.code_text import CodeKind

LIFETIME_SECONDS = 30


def show_code(
    cache: Cache, kind: CodeKind, stands_for: str, entropy: Callable[[int], bytes]
) -> str:
    """Give a new code for an account or a device; raises `Refusal("live-codes-down")`."""
    code = new_token(entropy)
    try:
        cache.put(_name(kind, code), stands_for, LIFETIME_SECONDS * 1_000)
    except CacheDown:
        raise Refusal("live-codes-down", retry_after_seconds=1) from None
    return code


def take_code(cache: Cache, kind: CodeKind, code: str) -> str:
    """Give what a code stands for, and use it up.

    Raises `Refusal`: "live-code-refused" alike for one that is unknown, over or used, and
    "live-codes-down".
    """
    try:
        stands_for = cache.take(_name(kind, code))
    except CacheDown:
        raise Refusal("live-codes-down", retry_after_seconds=1) from None
    if stands_for is None:
        raise Refusal("live-code-refused")
    return stands_for


def _name(kind: CodeKind, code: str) -> str:
    return f"{kind.name.lower()} {code}"
