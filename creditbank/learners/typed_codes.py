"""Codes that people type from paper: symbols that are read out without doubt, in groups."""

from collections.abc import Callable

from certificates.token import ALPHABET

GROUP = 4


def new_code(entropy: Callable[[int], bytes], length: int) -> str:
    """Make a code of so many symbols, five random bits each, in groups of four."""
    text = "".join(ALPHABET[byte % len(ALPHABET)] for byte in entropy(length))
    return "-".join(text[start : start + GROUP] for start in range(0, length, GROUP))


def code_of(secret: bytes, length: int) -> str:
    """Give the code of so many symbols that a secret (32 bytes) is shown as."""
    return new_code(lambda wanted: secret[:wanted], length)


def symbols_of(code: str) -> str:
    """Give the symbols of a code as typed: case, spaces and dashes do not matter."""
    return "".join(code.split()).replace("-", "").upper()
