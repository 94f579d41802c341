"""Keys in a PKCS#11 token (OASIS PKCS#11 3.0): made there, used there, never given out.

| suite | key pair | signature |
|---|---|---|
| Ed25519 | CKM_EC_EDWARDS_KEY_PAIR_GEN | CKM_EDDSA |
| P-256 | CKM_EC_KEY_PAIR_GEN | CKM_ECDSA over the SHA-256 that is made here; r ‖ s |

A process has one session for each token, since a login holds for the process; calls wait for each
other. A session that fails is opened anew once, and so is the library, which some need to see a
token that came back.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Self, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.types import SignMixin

from certificates.errors import SignerDown
from certificates.suites import Suite

_Answer = TypeVar("_Answer")

_PIN_REFUSED = (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.PinInvalid, pkcs11.PinLenRange)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a suite is called in PKCS#11; `curve` is the DER of its object identifier."""

    curve: bytes
    key: KeyType
    making: Mechanism
    signing: Mechanism
    public_bytes: int


_KINDS = {
    Suite.ED25519: _Kind(
        bytes.fromhex("06032b6570"),  # RFC 8410, id-Ed25519.
        KeyType.EC_EDWARDS,
        Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        Mechanism.EDDSA,
        32,
    ),
    Suite.P256: _Kind(
        bytes.fromhex("06082a8648ce3d030107"),  # RFC 5480, secp256r1.
        KeyType.EC,
        Mechanism.EC_KEY_PAIR_GEN,
        Mechanism.ECDSA,
        65,
    ),
}


@dataclass(frozen=True, slots=True)
class _Session:
    """An open session that is logged in, and the keys that sign, as they were when it began."""

    opened: pkcs11.Session
    keys: dict[bytes, SignMixin]

    @classmethod
    def searched(cls, opened: pkcs11.Session) -> Self:
        """Look for every key at once: a search in a session that is gone leaves a warning."""
        found = opened.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        return cls(opened, {key[Attribute.ID]: key for key in found if isinstance(key, SignMixin)})

    def key(self, key_id: bytes) -> SignMixin:
        """Give the private key of this identifier."""
        if key_id not in self.keys:
            raise pkcs11.NoSuchKey(f"it has no key {key_id.hex()} that signs")
        return self.keys[key_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pkcs11Token:
    """One token: the path of its library, its label, and the file that holds the user's PIN."""

    module: Path
    label: str
    pin_file: Path

    def sign(self, key_id: bytes, suite: Suite, data: bytes) -> bytes:
        """Sign with the key of this identifier; raises `SignerDown`."""
        message = sha256(data).digest() if suite is Suite.P256 else data
        mechanism = _KINDS[suite].signing
        return self._ask(lambda session: session.key(key_id).sign(message, mechanism=mechanism))

    def reach(self) -> None:
        """Ask the token to open to its PIN; raises `SignerDown`."""
        self._ask(lambda _session: None, anew=True)

    def has(self, key_id: bytes) -> bool:
        """Say whether the token answers and has a key of this identifier."""
        try:
            self._ask(lambda session: session.key(key_id))
        except SignerDown:
            return False
        return True

    def make(self, key_id: bytes, suite: Suite, *, label: str) -> bytes:
        """Make a key that cannot leave the token; gives its public part. Raises `SignerDown`."""
        kind = _KINDS[suite]

        def made(session: _Session) -> bytes:
            curve = session.opened.create_domain_parameters(
                kind.key, {Attribute.EC_PARAMS: kind.curve}, local=True
            )
            public, private = curve.generate_keypair(
                mechanism=kind.making, store=True, id=key_id, label=label,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )  # fmt: skip
            if private[Attribute.EXTRACTABLE] or not private[Attribute.SENSITIVE]:
                raise SignerDown("the token makes keys that can be read out of it")
            # The point stands in an OCTET STRING, whose content is at the end.
            return bytes(public[Attribute.EC_POINT])[-kind.public_bytes :]

        # Asked twice it would make two keys of one identifier.
        return self._ask(made, anew=True)

    def _ask(self, act: Callable[[_Session], _Answer], *, anew: bool = False) -> _Answer:
        library = _library(self.module, os.getpid())
        with library.lock:
            try:
                session = None if anew else library.sessions.get(self)
                if session is not None:
                    try:
                        return act(session)
                    except pkcs11.PKCS11Error:
                        pass  # The session may be gone: once more in a new one.
                return act(library.open(self))
            except (
                RuntimeError,
                OSError,
            ) as error:  # Every error of the library is a RuntimeError.
                reason = str(error) or type(error).__name__
                raise SignerDown(f"token {self.label}: {reason}") from error


@dataclass(slots=True)
class _Library:
    """A token library as one process uses it."""

    module: Path
    lock: Lock = field(default_factory=Lock)
    sessions: dict[Pkcs11Token, _Session] = field(default_factory=dict)
    refused: set[tuple[Pkcs11Token, str]] = field(default_factory=set)

    def open(self, token: Pkcs11Token) -> _Session:
        """Begin the library anew, as a child process must too, and log in.

        A PIN that was refused is not tried again: a token locks itself after a few.
        """
        pin = token.pin_file.read_text("utf-8").strip()
        if (token, pin) in self.refused:
            raise pkcs11.PinIncorrect("the PIN was refused before")
        self.sessions.clear()
        library = pkcs11.lib(str(self.module))
        library.finalize()
        library.initialize()
        try:
            opened = library.get_token(token_label=token.label).open(rw=True, user_pin=pin)
        except _PIN_REFUSED:
            self.refused.add((token, pin))
            raise
        self.sessions[token] = _Session.searched(opened)
        return self.sessions[token]


@lru_cache(maxsize=8)
def _library(module: Path, process: int) -> _Library:
    """Give the library of this process: a child inherits neither sessions nor a lock."""
    del process
    return _Library(module)
