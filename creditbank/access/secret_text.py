"""Secrets of programs: shown once, stored as a hash, presented as `Authorization: Bearer …`.

A secret reads `<kind>_<id>_<secret>`: 12 hex digits that name it and 256 random bits, so that one
look-up by id and one constant-time comparison of SHA-256 hashes are enough; nothing can be guessed.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from creditbank.errors import Refusal

_ID_BYTES = 6
SECRET_BYTES = 32
_PARTS = 3


class SecretKind(StrEnum):
    """What a secret is; its text begins with this, so that leaked ones are recognised."""

    API_KEY = "cbk"
    ACCESS_TOKEN = "cbt"  # noqa: S105 - a prefix, not a secret
    SESSION = "cbs"


@dataclass(frozen=True, slots=True)
class SecretText:
    """A secret as its bearer holds it."""

    kind: SecretKind
    id: str
    secret: str = field(repr=False)

    @classmethod
    def make(cls, kind: SecretKind, entropy: Callable[[int], bytes]) -> Self:
        """Make a new one."""
        secret = entropy(SECRET_BYTES)
        return cls(kind, entropy(_ID_BYTES).hex(), "").having(secret)

    def having(self, secret: bytes) -> Self:
        """Give one of the same kind and id with this secret (32 bytes)."""
        return replace(self, secret=urlsafe_b64encode(secret).decode().rstrip("="))

    @property
    def without_secret(self) -> str:
        """What may be kept: its kind and id."""
        return str(replace(self, secret=""))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one; raises `Refusal("unauthenticated")`."""
        parts = text.split("_", _PARTS - 1)
        if len(parts) != _PARTS or parts[0] not in {kind.value for kind in SecretKind}:
            raise Refusal("unauthenticated")
        return cls(SecretKind(parts[0]), parts[1], parts[2])

    @property
    def hash(self) -> bytes:
        """What is stored of it."""
        return hashlib.sha256(self.secret.encode()).digest()

    def matches(self, stored: bytes | None) -> bool:
        """Compare with a stored hash in constant time; None is that of nothing."""
        return hmac.compare_digest(stored or bytes(32), self.hash) and stored is not None

    def __str__(self) -> str:
        return f"{self.kind}_{self.id}_{self.secret}"
