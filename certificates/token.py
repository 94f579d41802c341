"""Pass tokens: 26 random symbols (130 bits) of an alphabet without look-alikes.

Typed by hand they stand in groups of four with a check symbol at the end: position-weighted, modulo
37, so that any wrong symbol and any exchange of two is found. The check symbol may also be one of
`*+~=$`, which no token has.
"""

import hashlib
from collections.abc import Callable

from certificates.errors import DocumentRefused

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 26
GROUP = 4
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
