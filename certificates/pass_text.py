"""The offline pass as text: `LP1:` and the base45 (RFC 9285) of its COSE bytes."""

import base45

from certificates.errors import DocumentRefused

PREFIX = "LP1:"


def to_text(document: bytes) -> str:
    """Write a signed pass for a QR code in alphanumeric mode."""
    encoded: bytes = base45.b45encode(document)
    return PREFIX + encoded.decode()


def from_text(text: str) -> bytes:
    """Read a pass text; raises `DocumentRefused` unless `to_text` would write it so."""
    if not text.startswith(PREFIX):
        raise DocumentRefused("a pass text begins with LP1:")
    try:
        document: bytes = base45.b45decode(text.removeprefix(PREFIX))
    except (ValueError, IndexError, OverflowError) as error:
        raise DocumentRefused("the pass text is not base45") from error
    if to_text(document) != text:
        raise DocumentRefused("the pass text is not in its one form")
    return document
