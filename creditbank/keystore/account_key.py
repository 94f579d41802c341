"""One account's key and everything derived from it: tags, seals, the account number.

The 32-byte key itself only feeds HMAC-SHA-256 with a label, so that no two uses share a key.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
SEAL_BYTES = NONCE_BYTES + 16
"""By how much a sealed value is longer than its content: nonce and tag."""
_NUMBER_DIGITS = 15
_NUMBER_SPACE = 10**_NUMBER_DIGITS


class SealBroken(Exception):
    """A sealed value does not open: changed, moved to another place, or under another key."""


@dataclass(frozen=True)
class AccountKey:
    """The key of one account (`account_id` is opaque and random, 32 hex digits)."""

    account_id: str
    secret: bytes = field(repr=False)

    def account_tag(self, leaf_id: bytes) -> bytes:
        """Give the blinded account tag of one leaf; two leaves of one person do not link."""
        return self._derive(b"acct/v1\0" + leaf_id)

    def natural_tag(self, key: bytes) -> bytes:
        """Give the sameness tag of a canonical natural key."""
        return self._derive(b"natural/v1\0" + key)

    def upload_tag(self, facts: bytes) -> bytes:
        """Commit to what was uploaded, for the key of a batch."""
        return self._derive(b"upload/v1\0" + facts)

    def seal(self, place: bytes, content: bytes, entropy: Callable[[int], bytes]) -> bytes:
        """Encrypt `content` for `place` (see `place`): nonce followed by AES-256-GCM output."""
        nonce = entropy(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, place)

    def open(self, place: bytes, sealed: bytes) -> bytes:
        """Decrypt what `seal` made for the same place; raises `SealBroken`."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error

    @cached_property
    def number(self) -> str:
        """The account number: 15 digits and an ISO/IEC 7064 MOD 11,10 check digit.

        It follows from the key, so that a number is never lost between the two databases.
        """
        digest = self._derive(b"number/v1\0")
        digits = f"{int.from_bytes(digest[:16], 'big') % _NUMBER_SPACE:0{_NUMBER_DIGITS}d}"
        return digits + check_digit(digits)

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._derive(b"seal/v1\0"))

    def _derive(self, label: bytes) -> bytes:
        return hmac.digest(self.secret, label, hashlib.sha256)


def place(table: str, row: str, column: str) -> bytes:
    """Name the place of a sealed value; it is bound to the value as associated data."""
    return f"{table}\0{row}\0{column}".encode()


def check_digit(digits: str) -> str:
    """Give the check digit of ISO/IEC 7064 MOD 11,10, which finds any single wrong digit."""
    carry = 10
    for digit in digits:
        total = (carry + int(digit)) % 10 or 10
        carry = total * 2 % 11
    return str((11 - carry) % 10)


def is_account_number(text: str) -> bool:
    """Say whether `text` has the form and the check digit of an account number."""
    formed = len(text) == _NUMBER_DIGITS + 1 and text.isascii() and text.isdigit()
    return formed and check_digit(text[:-1]) == text[-1]
