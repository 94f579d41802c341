"""Pass tokens: 26 random symbols (130 bits) of an alphabet without look-alikes.

Typed by hand they stand in groups of four with a check symbol at the end: position-weighted, modulo
37, so that any wrong symbol and any exchange of two is found. The check symbol may also be one of
`*+~=$`, which no token has.
"""

import hashlib
from collections.abc import Callable
from uuid import UUID

from certificates.errors import DocumentRefused

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 26
GROUP = 4
URN = "urn:uuid:"
_CHECK_ALPHABET = ALPHABET + "*+~=$"
_MODULUS = 37


def new_token(entropy: Callable[[int], bytes]) -> str:
    """Make a token; 32 symbols divide a byte's 256 values evenly."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in entropy(LENGTH))


def is_token(text: str) -> bool:
    """Say whether `text` is written as a token."""
    return len(text) == LENGTH and all(symbol in ALPHABET for symbol in text)


def token_hash(token: str) -> bytes:
    """Give what is stored of a token."""
    return hashlib.sha256(b"pass-token/v1\0" + token.encode()).digest()


def hash_urn(hashed: bytes) -> str:
    """Name what is stored of a token, in a way that leads nobody to the token.

    It is a UUID of version 8 (RFC 9562, section 5.8) of the first 16 bytes, 122 bits of them.
    """
    octets = bytearray(hashed[:16])
    octets[6] = octets[6] & 0x0F | 0x80
    octets[8] = octets[8] & 0x3F | 0x80
    return UUID(bytes=bytes(octets)).urn


def urn_prefix(urn: str) -> bytes | None:
    """Give the first bytes of the hash that a URN names, None where it is no such URN."""
    try:
        return UUID(urn).bytes[:6] if urn.startswith(URN) else None
    except ValueError:
        return None


def typed_form(token: str) -> str:
    """Write a token for typing: groups of four, the check symbol last."""
    text = token + _check_symbol(token)
    return " ".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def parse_typed(text: str) -> str:
    """Read a token as typed: case and spaces do not matter; raises `DocumentRefused`.

    The check symbol may be left out, as it is in links.
    """
    symbols = "".join(text.split()).replace("-", "").upper()
    token, check = symbols[:LENGTH], symbols[LENGTH:]
    if not is_token(token) or (check and check != _check_symbol(token)):
        raise DocumentRefused("this is not a pass code")
    return token


def _check_symbol(token: str) -> str:
    total = sum(weight * ALPHABET.index(symbol) for weight, symbol in enumerate(token, start=1))
    return _CHECK_ALPHABET[total % _MODULUS]
