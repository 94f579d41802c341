"""What signs for a key: a secret in memory, a token that keeps it, or nothing any more.

A signer names its suite and gives its public part; only `sign` may need what is secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, Self

from certificates.errors import KeyFileRefused, KeyMissing
from certificates.suites import SECRET_BYTES, Suite

KEY_ID_BYTES = 16
"""Length of the identifier (CKA_ID) under which a token keeps a key."""


class Signer(Protocol):
    """One key that signs."""

    @property
    def suite(self) -> Suite:
        """The suite by which it signs."""
        ...

    @property
    def public(self) -> bytes:
        """The public part, in the form of its suite."""
        ...

    @property
    def place(self) -> str:
        """Where the secret lies: `file`, `token` or `gone`."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign as the suite does; 64 bytes."""
        ...

    def to_content(self) -> Mapping[str, str]:
        """Give what the key file keeps of it, beside its suite."""
        ...


@dataclass(frozen=True)
class SecretSigner:
    """Signs with a secret of 32 bytes that lies in the sealed file."""

    secret: bytes = field(repr=False)
    suite: Suite = Suite.ED25519
    place = "file"

    @classmethod
    def make(cls, suite: Suite, entropy: Callable[[int], bytes]) -> Self:
        """Draw a new secret."""
        return cls(entropy(SECRET_BYTES), suite)

    @cached_property
    def public(self) -> bytes:
        """The public part, in the form of its suite."""
        return self.suite.public(self.secret)

    def sign(self, data: bytes) -> bytes:
        """Sign as the suite does; 64 bytes."""
        return self.suite.sign(self.secret, data)

    def to_content(self) -> Mapping[str, str]:
        """Give what the key file keeps of it."""
        return {"secret": self.secret.hex()}


class Token(Protocol):
    """What keeps keys and signs with them, and never gives them out."""

    def sign(self, key_id: bytes, suite: Suite, data: bytes) -> bytes:
        """Sign with the key of this identifier; 64 bytes."""
        ...


@dataclass(frozen=True)
class TokenSigner:
    """Signs with a key that a token keeps; the file keeps its identifier and public part."""

    token: Token = field(repr=False)
    key_id: bytes
    public: bytes
    suite: Suite
    place = "token"

    def sign(self, data: bytes) -> bytes:
        """Sign as the suite does; 64 bytes."""
        return self.token.sign(self.key_id, self.suite, data)

    def to_content(self) -> Mapping[str, str]:
        """Give what the key file keeps of it."""
        return {"token_key": self.key_id.hex(), "public": self.public.hex()}


@dataclass(frozen=True)
class RetiredSigner:
    """The public part of a key that signs no more; what it signed verifies for ever."""

    public: bytes
    suite: Suite
    place = "gone"

    def sign(self, data: bytes) -> bytes:
        """Refuse; raises `KeyMissing`."""
        del data
        raise KeyMissing("this key is retired")

    def to_content(self) -> Mapping[str, str]:
        """Give what the key file keeps of it."""
        return {"public": self.public.hex()}


def read_signer(content: Mapping[str, str], token: Token | None) -> Signer:
    """Read what `to_content` gave, with the suite.

    Raises `KeyFileRefused` where the key lies in a token and none is given.
    """
    suite = Suite(content["suite"])
    if "secret" in content:
        return SecretSigner(bytes.fromhex(content["secret"]), suite)
    public = bytes.fromhex(content["public"])
    if "token_key" not in content:
        return RetiredSigner(public, suite)
    if token is None:
        raise KeyFileRefused("a signing key lies in a token: set which")
    return TokenSigner(token, bytes.fromhex(content["token_key"]), public, suite)
