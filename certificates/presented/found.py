"""What is found in a file: exactly one text to verify, or why there is none.

What a file is, is read from its bytes, never from its name or from what its sender calls it.
"""

from dataclasses import dataclass

from certificates.baked_png import SIGNATURE

UNREADABLE, NO_CODE = "unreadable", "no-code-found"
SEVERAL_CODES, TOO_DEMANDING = "several-codes", "file-too-demanding"
JPEG, PDF = b"\xff\xd8\xff", b"%PDF-"
_XML = (b"<svg", b"<?xml", b"<!", b"\xef\xbb\xbf<")


@dataclass(frozen=True, slots=True)
class Found:
    """The text that a file holds, or the problem for which none is taken from it."""

    text: str | None = None
    problem: str = ""


def is_file(content: bytes) -> bool:
    """Say whether these bytes are of a kind of file in which something is looked for."""
    return content[:64].lstrip().startswith((SIGNATURE, JPEG, PDF, *_XML))
