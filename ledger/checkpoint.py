"""Checkpoints: the tree's size and root as a signed note (C2SP signed-note, tlog-checkpoint). Pure.

Lines of signatures by keys that the reader does not know are ignored, as the standard asks, so that
witnesses and further algorithms can add theirs.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.errors import NoteRefused
from ledger.merkle import HASH_BYTES

ED25519 = b"\x01"
KEY_ID_BYTES = 4
NOTE_BYTES_MAX = 1 << 17
SIGNATURES_MAX = 64

_SIGNATURE_LINE = re.compile(r"\u2014 ([^\s+]+) ([0-9A-Za-z+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
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


@dataclass(frozen=True, slots=True)
class _Note:
    checkpoint: Checkpoint
    text: bytes
    signatures: tuple[tuple[str, bytes], ...]


def verifier_key(name: str, public: bytes) -> str:
    """Write a verifier key: `<name>+<key id>+<base64 of type and key>` (signed-note)."""
    key_id = _key_id(name, public).hex()
    return f"{name}+{key_id}+{b64encode(ED25519 + public).decode()}"


@lru_cache(maxsize=256)
def parse_verifier_key(text: str) -> VerifierKey:
    """Read a verifier key; raises `NoteRefused` unless its id belongs to its name and key."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    data = strict_base64(encoded)
    public = data[1:]
    if data[:1] != ED25519 or len(public) != HASH_BYTES or not name:
        raise NoteRefused("a verifier key is <name>+<id>+<Ed25519 key>")
    if _key_id(name, public).hex() != key_id:
        raise NoteRefused("a verifier key's id does not belong to it")
    return VerifierKey(name=name, key_id=bytes.fromhex(key_id), public=public)


def sign_note(checkpoint: Checkpoint, *signers: Signer) -> str:
    """Sign a checkpoint; the note is the same whenever the same tree is signed again."""
    body = checkpoint.body()
    lines = [f"\u2014 {signer.name} {_signature(signer, body.encode())}\n" for signer in signers]
    return f"{body}\n{''.join(lines)}"


def verify_note(note: str, verifier_keys: Collection[str]) -> Checkpoint:
    """Give the checkpoint of a note that one of the log's keys signed; raises `NoteRefused`.

    A wrong signature by a known key refuses the whole note. Keys that do not bear the name of the
    origin do not speak for the log.
    """
    return _verified(note, tuple(verifier_keys))


# Receipts of one commit bear one note. Refusals are not kept, so only signed notes take the place.
@lru_cache(maxsize=64)
def _verified(note: str, verifier_keys: tuple[str, ...]) -> Checkpoint:
    parsed = _parse(note)
    keys = {(key.name, key.key_id): key for key in map(parse_verifier_key, verifier_keys)}
    signed = False
    for name, data in parsed.signatures:
        key = keys.get((name, data[:KEY_ID_BYTES]))
        if key is None:
            continue
        try:
            _public_key(key.public).verify(data[KEY_ID_BYTES:], parsed.text)
        except InvalidSignature:
            raise NoteRefused(f"a signature of {name} is wrong") from None
        signed = signed or name == parsed.checkpoint.origin
    if not signed:
        raise NoteRefused("no known key of the log signed this note")
    return parsed.checkpoint


def parse_note(note: str) -> Checkpoint:
    """Give what a note says, signatures unchecked; raises `NoteRefused`."""
    return _parse(note).checkpoint


def strict_base64(text: str) -> bytes:
    """Read standard base64 in its one canonical spelling; raises `NoteRefused`."""
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise NoteRefused("this is not base64") from None
    if b64encode(data).decode() != text:
        raise NoteRefused("base64 here has no spare bits")
    return data


def parse_decimal(text: str) -> int:
    """Read a count below 10^19 in its one canonical spelling; raises `NoteRefused`."""
    if _DECIMAL.fullmatch(text) is None:
        raise NoteRefused("this is not a decimal number")
    return int(text)


def _parse(note: str) -> _Note:
    if len(note) > NOTE_BYTES_MAX or _CONTROL.search(note):
        raise NoteRefused("a note is too long or has control characters")
    body, separator, end = note.rpartition("\n\n")
    lines = end.split("\n")
    if not separator or lines.pop() or not 0 < len(lines) <= SIGNATURES_MAX:
        raise NoteRefused("a note is a text, an empty line, and signature lines")
    try:
        text = f"{body}\n".encode()
    except UnicodeEncodeError:
        raise NoteRefused("a note is UTF-8") from None
    return _Note(_checkpoint(body.split("\n")), text, tuple(map(_signature_line, lines)))


def _checkpoint(lines: list[str]) -> Checkpoint:
    if len(lines) < _BODY_LINES or not all(lines):
        raise NoteRefused("a checkpoint has an origin, a size and a root")
    origin, size, root = lines[:_BODY_LINES]
    checkpoint = Checkpoint(origin=origin, size=parse_decimal(size), root=strict_base64(root))
    if len(checkpoint.root) != HASH_BYTES:
        raise NoteRefused("a checkpoint's root has 32 bytes")
    return checkpoint


def _signature_line(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise NoteRefused("a signature line is a dash, a name and base64")
    data = strict_base64(match[2])
    if len(data) <= KEY_ID_BYTES:
        raise NoteRefused("a signature has a key id and some bytes")
    return match[1], data


def _signature(signer: Signer, text: bytes) -> str:
    return b64encode(_key_id(signer.name, signer.public) + signer.sign(text)).decode()


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


@lru_cache(maxsize=256)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)
