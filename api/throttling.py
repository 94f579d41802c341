"""How many requests one client may make, written down here only, and how it is told.

The header fields are those of draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4. A school
or a job fair shares one address, so what is open to everybody is bounded by what a hall full of
people does, not by what one person does; nothing behind it can be guessed anyway. Where something
can be guessed, wrong tries are bounded tightly and right ones are not counted: a class that signs
in together has one address too.
"""

from collections.abc import Iterable, MutableMapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from fastapi import Request

from creditbank.cache.limits import Limit, RateLimits, Standing
from creditbank.errors import Refusal

PER_KEY = Limit(name="key", quota=60_000, window_seconds=60)
"""What one API key may ask in all: a bound on a client that runs wild."""
VERIFYING = Limit(name="verify", quota=12_000, window_seconds=60)
"""What one address may verify: 200 scans a second."""
VERIFYING_BATCHES = Limit(name="verify-batch", quota=60, window_seconds=60)
"""How many batches of 200 one address may verify: as many documents as one by one."""
VERIFYING_FILES = Limit(name="verify-file", quota=240, window_seconds=60)
"""How many files one address may have looked through: each costs a process and a seventh second."""
OPENING = Limit(name="open", quota=120, window_seconds=60)
"""How many accounts one address may open without a key: each costs the hash of a password."""
GUESSING = Limit(name="guess", quota=30, window_seconds=60)
"""How often one address may be wrong where a password or a claim code is asked for."""
PER_DEVICE = Limit(name="device", quota=240, window_seconds=60)
"""What one device at a venue may ask: four scans a second."""
LIVE_CODES = Limit(name="live-code", quota=30, window_seconds=60)
"""How many live codes one learner may be shown, each of which holds half a minute."""
SECOND_FACTORS = Limit(name="second-factor", quota=10, window_seconds=900)
"""How often the code of one login may be typed wrong, so that a password alone opens nothing."""
GUESSES = frozenset(
    {
        "sign-in-refused", "client-refused", "claim-refused", "recovery-refused", "pairing-refused",
        "second-factor-refused",
    }
)  # fmt: skip
"""Refusals that are a wrong try."""

STANDINGS = "rate_limit_standings"
_NETWORK_BITS = 64
_NAME_LENGTH_MAX = 64


def throttle(request: Request, limits: RateLimits, limit: Limit, client: str) -> None:
    """Count this request; raises `Refusal("too-many-requests")` when it is one too many."""
    standing = limits.count(limit, client)
    request.scope["state"].setdefault(STANDINGS, []).append(standing)
    if standing.is_over:
        raise Refusal("too-many-requests", retry_after_seconds=standing.reset_seconds)


def throttle_guesses(limits: RateLimits, limit: Limit, client: str) -> None:
    """Raise `Refusal("too-many-requests")` for a client whose wrong tries have used up the limit.

    Wrong tries are counted once they are known, so as many as are answered at the same time may
    come on top.
    """
    standing = limits.look(limit, client)
    if standing.remaining == 0:
        raise Refusal("too-many-requests", retry_after_seconds=standing.reset_seconds)


def client_network(request: Request) -> str:
    """Name the network that a request comes from: an IPv4 address, or the /64 of an IPv6 one.

    One household or phone is given a whole /64, so a single IPv6 address limits nobody.
    """
    host = request.client.host if request.client else "local"
    try:
        address = ip_address(host)
    except ValueError:
        return host[:_NAME_LENGTH_MAX]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    network = int(address) >> _NETWORK_BITS << _NETWORK_BITS
    return f"{IPv6Address(network)}/{_NETWORK_BITS}"


def limit_headers(state: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Give the header fields that tell a client where it stands; none where nothing was counted."""
    standings: Iterable[Standing] = state.get(STANDINGS, ())
    policies = [_policy(standing.limit) for standing in standings]
    if not policies:
        return []
    left = [
        f'"{standing.limit.name}";r={standing.remaining};t={standing.reset_seconds}'
        for standing in standings
    ]
    return [
        (b"ratelimit-policy", ", ".join(policies).encode()),
        (b"ratelimit", ", ".join(left).encode()),
    ]


def _policy(limit: Limit) -> str:
    return f'"{limit.name}";q={limit.quota};w={limit.window_seconds}'
