"""Receipts: a leaf's inclusion proof with the checkpoint it leads to (C2SP tlog-proof). Pure."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.checkpoint import Checkpoint, verify_note
from ledger.errors import NoteRefused
from ledger.merkle import HASH_BYTES, leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
PATH_LENGTH_MAX = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReceipt:
    """A receipt's parts, nothing checked."""

    index: int
    path: tuple[bytes, ...]
    note: str


def make_receipt(index: int, path: Sequence[bytes], note: str) -> str:
    """Write a receipt: header, index, path, an empty line, and the note as it is."""
    hashes = "".join(f"{b64encode(one).decode()}\n" for one in path)
    return f"{HEADER}\nindex {index}\n{hashes}\n{note}"


def parse_receipt(text: str) -> ParsedReceipt:
    """Read a receipt; raises `NoteRefused`. An `extra` line is passed over."""
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != HEADER:
        raise NoteRefused("this is not a tlog-proof")
    rest = [line for line in lines[1:] if not line.startswith("extra ")]
    if not rest or not rest[0].startswith("index "):
        raise NoteRefused("a tlog-proof names an index")
    index = rest[0].removeprefix("index ")
    if not (index.isascii() and index.isdigit()) or str(int(index)) != index:
        raise NoteRefused("a tlog-proof's index is a decimal number")
    if len(rest) - 1 > PATH_LENGTH_MAX:
        raise NoteRefused("a tlog-proof has at most 63 hashes")
    return ParsedReceipt(index=int(index), path=tuple(map(_hash, rest[1:])), note=note)


def verify_receipt(text: str, leaf: bytes, verifier_keys: Collection[str]) -> Checkpoint:
    """Give the checkpoint that includes this leaf; raises `NoteRefused` or `ProofRefused`."""
    receipt = parse_receipt(text)
    checkpoint = verify_note(receipt.note, verifier_keys)
    verify_inclusion(
        leaf_hash(leaf),
        index=receipt.index,
        size=checkpoint.size,
        path=receipt.path,
        root=checkpoint.root,
    )
    return checkpoint


def _hash(line: str) -> bytes:
    try:
        data = b64decode(line, validate=True)
    except (Base64Error, ValueError):
        raise NoteRefused("a proof's hash is base64") from None
    if len(data) != HASH_BYTES or b64encode(data).decode() != line:
        raise NoteRefused("a proof's hash has 32 bytes")
    return data
