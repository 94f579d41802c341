"""Which of the media types that a resource has is wanted (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence

_WHOLE = 1_000
_ANY = "*/*"


def best_of(offered: Sequence[str], accept: str | None) -> str | None:
    """Give the best of the offered types, the first among equals; None where none is wanted."""
    if accept is None or not accept.strip():
        return offered[0]
    ranges = [_range(part) for part in accept.lower().split(",")]
    weights = {one: _weight(one, ranges) for one in offered}
    best = max(offered, key=lambda one: weights[one])
    return best if weights[best] > 0 else None


def _weight(media_type: str, ranges: Sequence[tuple[str, int]]) -> int:
    """Give the weight of the most specific range that fits, in 1/1000."""
    family = media_type.partition("/")[0] + "/*"
    for wanted in (media_type, family, _ANY):
        found = [weight for name, weight in ranges if name == wanted]
        if found:
            return max(found)
    return 0


def _range(text: str) -> tuple[str, int]:
    name, *parameters = (part.strip() for part in text.split(";"))
    for one in parameters:
        if one.startswith("q="):
            return name, _milli(one.removeprefix("q="))
    return name, _WHOLE


def _milli(text: str) -> int:
    """Read a weight from 0 to 1 with at most three places; what is none counts as nothing."""
    whole, _, places = text.partition(".")
    digits = (whole + places.ljust(3, "0"))[:4]
    return min(int(digits), _WHOLE) if digits.isascii() and digits.isdigit() else 0
