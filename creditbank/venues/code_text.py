"""What stands in a QR code at a venue: `{ORIGIN}/K/{CODE}` and its like, told apart by one letter.

Codes have the form of pass tokens (`certificates.token`): 26 symbols, 130 random bits.
"""

import hashlib
from enum import StrEnum

from certificates.pass_text import PREFIX
from certificates.token import is_token
from creditbank.errors import Refusal

TEXT_LENGTH_MAX = 4_000


class CodeKind(StrEnum):
    """What a code is, by the letter before it."""

    LIVE = "K"  # 动态码, on the learner's phone
    CARD = "C"  # 打卡证, printed
    SCREEN = "S"  # on a device of the venue, for the learner's phone
    PASS = "V"  # noqa: S105 - a learning pass, by which nobody checks in


def code_text(origin: str, kind: CodeKind, code: str) -> str:
    """Give the text of a QR code, in capitals so that it stays small."""
    return f"{origin}/{kind}/{code}".upper()


def read_code(text: str, *wanted: CodeKind) -> tuple[CodeKind, str]:
    """Give kind and code of a text as scanned or typed (`K/…`).

    Raises `Refusal`: "check-in-code-unreadable", and "check-in-code-other" for a code of another
    kind than is wanted here.
    """
    if text.startswith(PREFIX):
        raise Refusal("check-in-code-other", kind=CodeKind.PASS.name.lower())
    parts = text[:TEXT_LENGTH_MAX].strip().upper().split("/")
    kind = next((one for one in CodeKind if parts[-2:-1] == [one.value]), None)
    if kind is None or not is_token(parts[-1]):
        raise Refusal("check-in-code-unreadable")
    if kind not in wanted:
        raise Refusal("check-in-code-other", kind=kind.name.lower())
    return kind, parts[-1]


def card_hash(code: str) -> bytes:
    """Give what is stored of a printed card's code."""
    return hashlib.sha256(b"check-in-card/v1\0" + code.encode()).digest()
