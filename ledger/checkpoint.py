"""Checkpoints: the tree's size and root as a signed note (C2SP signed-note, tlog-checkpoint). Pure.

Lines of signatures by keys that the reader does not know are ignored, as the standard asks, so that
witnesses and further algorithms can add theirs.
"""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.errors import NoteRefused
from ledger.merkle import HASH_BYTES

ED25519 = b"\x01"
KEY_ID_BYTES = 4
_DASH = "\u2014 "
_BODY_LINES = 3


class Signer(Protocol):
    """A key that signs for a log; `name` is the log's origin."""

    @property
    def name(self) -> str:
        """The key's name."""
        ...

    @property
    def public(self) -> bytes:
        """The Ed25519 public key, 32 bytes."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Give the Ed25519 signature of `data`, 64 bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A tree head of one log."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Give the signed text (tlog-checkpoint): origin, size and root, a line each."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key by which notes are verified."""

    name: str
    key_id: bytes
    public: bytes


def verifier_key(name: str, public: bytes) -> str:
    """Write a verifier key: `<name>+<key id>+<base64 of type and key>` (signed-note)."""
    key_id = _key_id(name, public).hex()
    return f"{name}+{key_id}+{b64encode(ED25519 + public).decode()}"


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a verifier key; raises `NoteRefused` unless its id belongs to its name and key."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    data = _base64(encoded)
    public = data[1:]
    if data[:1] != ED25519 or len(public) != HASH_BYTES or not name:
        raise NoteRefused("a verifier key is <name>+<id>+<Ed25519 key>")
    if _key_id(name, public).hex() != key_id:
        raise NoteRefused("a verifier key's id does not belong to it")
    return VerifierKey(name=name, key_id=bytes.fromhex(key_id), public=public)


def sign_note(checkpoint: Checkpoint, signer: Signer) -> str:
    """Sign a checkpoint; the note is the same whenever the same tree is signed again."""
    body = checkpoint.body()
    line = _key_id(signer.name, signer.public) + signer.sign(body.encode())
    return f"{body}\n{_DASH}{signer.name} {b64encode(line).decode()}\n"


def verify_note(note: str, verifier_keys: Collection[str]) -> Checkpoint:
    """Give the checkpoint of a note that one of these keys signed; raises `NoteRefused`."""
    checkpoint, body, lines = _parse(note)
    keys = {(key.name, key.key_id): key for key in map(parse_verifier_key, verifier_keys)}
    signed = 0
    for line in lines:
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        data = _base64(encoded)
        key = keys.get((name, data[:KEY_ID_BYTES]))
        if key is None or name != checkpoint.origin:
            continue
        try:
            verifier = Ed25519PublicKey.from_public_bytes(key.public)
            verifier.verify(data[KEY_ID_BYTES:], body.encode())
        except InvalidSignature:
            raise NoteRefused("a signature of a known key is wrong") from None
        signed += 1
    if not signed:
        raise NoteRefused("no known key signed this note")
    return checkpoint


def parse_note(note: str) -> Checkpoint:
    """Give what a note says, signatures unchecked; raises `NoteRefused`."""
    return _parse(note)[0]


def _parse(note: str) -> tuple[Checkpoint, str, list[str]]:
    body, separator, signatures = note.partition("\n\n")
    body += "\n"
    lines = signatures.splitlines()
    if not separator or not signatures.endswith("\n") or not lines:
        raise NoteRefused("a note is a text, an empty line, and signature lines")
    if not all(line.startswith(_DASH) for line in lines):
        raise NoteRefused("a signature line begins with a dash")
    fields = body.split("\n")
    if len(fields) < _BODY_LINES + 1 or not fields[0]:
        raise NoteRefused("a checkpoint has an origin, a size and a root")
    origin, size, root = fields[:_BODY_LINES]
    if not (size.isascii() and size.isdigit()) or str(int(size)) != size:
        raise NoteRefused("a checkpoint's size is a decimal number")
    checkpoint = Checkpoint(origin=origin, size=int(size), root=_base64(root))
    if len(checkpoint.root) != HASH_BYTES:
        raise NoteRefused("a checkpoint's root has 32 bytes")
    return checkpoint, body, lines


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


def _base64(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise NoteRefused("a key, root or signature is base64") from None
    if b64encode(data).decode() != text:
        raise NoteRefused("base64 here has no spare bits")
    return data
