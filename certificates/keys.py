"""The key ring: one current key a purpose, and every retired one, whose public part stays for ever.

The ring is a value made at start and passed down; rotation gives a new ring.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Self, TypeAlias, cast

from certificates.errors import KeyFileRefused, KeyMissing
from certificates.signer import RetiredSigner, Signer, Token, read_signer
from certificates.suites import Suite

KID_BYTES = 8


class Purpose(StrEnum):
    """What a key signs; no key has two purposes."""

    CHECKPOINT = "checkpoint"
    PASS = "pass"  # noqa: S105 - a purpose, not a password
    CREDENTIAL = "credential"
    CREDENTIAL_JWT = "credential_jwt"
    STATUS_LIST = "status_list"
    VERIFICATION = "verification"

    @property
    def suite(self) -> Suite:
        """The suite of the keys that are made for it today."""
        return Suite.P256 if self in _JWT_PURPOSES else Suite.ED25519


_JWT_PURPOSES = (Purpose.CREDENTIAL_JWT, Purpose.VERIFICATION)
"""What signs JSON Web Tokens, whose readers all know ES256."""


MakeSigner: TypeAlias = Callable[[Purpose], Signer]
"""Makes the signer of a new key for a purpose, of the purpose's suite."""


def key_id(public: bytes) -> bytes:
    """Name a key by its public part."""
    return hashlib.sha256(public).digest()[:KID_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationKey:
    """The public part of a key."""

    kid: bytes
    suite: Suite
    public: bytes

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Say whether this is a signature of `data` by this key."""
        return self.suite.verifies(self.public, signature, data)


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """One key; `kid` is the first 8 bytes of the SHA-256 of its public part."""

    purpose: Purpose
    created_at: datetime
    retired_at: datetime | None = None
    signer: Signer

    def sign(self, data: bytes) -> bytes:
        """Sign as the suite does."""
        return self.signer.sign(data)

    @property
    def suite(self) -> Suite:
        """The suite by which it signs."""
        return self.signer.suite

    @property
    def public(self) -> bytes:
        """The public part, in the form of its suite."""
        return self.signer.public

    @cached_property
    def kid(self) -> bytes:
        """The key's name."""
        return key_id(self.public)

    @cached_property
    def verification_key(self) -> VerificationKey:
        """The key without its secret."""
        return VerificationKey(kid=self.kid, suite=self.suite, public=self.public)

    def retired(self, now: datetime) -> Self:
        """Give the key as it stays: its public part."""
        return replace(self, retired_at=now, signer=RetiredSigner(self.public, self.suite))


@dataclass(frozen=True)
class KeyRing:
    """All keys of one bank, oldest first."""

    keys: tuple[SigningKey, ...] = field(repr=False)

    def current(self, purpose: Purpose) -> SigningKey:
        """Give the key that signs for this purpose today; raises `KeyMissing`."""
        for key in reversed(self.keys):
            if key.purpose == purpose and key.retired_at is None:
                return key
        raise KeyMissing(purpose)

    def verification_keys(self, purpose: Purpose) -> dict[bytes, VerificationKey]:
        """Give the public keys of a purpose by `kid`, retired ones too."""
        return {key.kid: key.verification_key for key in self.keys if key.purpose == purpose}

    def rotate(self, purpose: Purpose, *, now: datetime, make: MakeSigner) -> Self:
        """Give a ring with a new key for this purpose; of the old one the public part stays."""
        kept = (
            key.retired(now) if key.purpose == purpose and not key.retired_at else key
            for key in self.keys
        )
        return type(self)((*kept, _new_key(purpose, now, make)))

    def with_purposes(
        self, purposes: Iterable[Purpose], *, now: datetime, make: MakeSigner
    ) -> Self:
        """Give a ring with a new key for each of these purposes that has none yet."""
        known = {key.purpose for key in self.keys}
        made = (_new_key(one, now, make) for one in purposes if one not in known)
        return type(self)((*self.keys, *made))

    def to_content(self) -> dict[str, object]:
        """Give the content of the key file."""
        return {"keys": [_to_content(key) for key in self.keys]}

    @classmethod
    def from_content(cls, content: Mapping[str, object], token: Token | None = None) -> Self:
        """Read the content of the key file; `token` keeps what the file does not.

        Raises `KeyFileRefused` unless it is one of keys.
        """
        try:
            listed = cast("list[dict[str, str]]", content["keys"])  # As `to_content` wrote it.
            return cls(tuple(_from_content(one, token) for one in listed))
        except (KeyError, TypeError, ValueError) as error:
            raise KeyFileRefused("the file does not hold signing keys") from error


def create_key_ring(purposes: Iterable[Purpose], *, now: datetime, make: MakeSigner) -> KeyRing:
    """Make a ring with one new key a purpose."""
    return KeyRing(()).with_purposes(purposes, now=now, make=make)


def _new_key(purpose: Purpose, now: datetime, make: MakeSigner) -> SigningKey:
    return SigningKey(purpose=purpose, created_at=now, signer=make(purpose))


def _to_content(key: SigningKey) -> dict[str, str | None]:
    return {
        "purpose": key.purpose.value,
        "suite": key.suite.value,
        "created_at": key.created_at.astimezone(UTC).isoformat(),
        "retired_at": key.retired_at.astimezone(UTC).isoformat() if key.retired_at else None,
        **key.signer.to_content(),
    }


def _from_content(content: Mapping[str, str], token: Token | None) -> SigningKey:
    retired_at = content["retired_at"]
    return SigningKey(
        purpose=Purpose(content["purpose"]),
        created_at=datetime.fromisoformat(content["created_at"]),
        retired_at=datetime.fromisoformat(retired_at) if retired_at else None,
        signer=read_signer(content, token),
    )
