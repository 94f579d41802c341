"""Receipts: a leaf's inclusion proof with the checkpoint it leads to (C2SP tlog-proof). Pure."""

from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.checkpoint import Checkpoint, parse_decimal, strict_base64, verify_note
from ledger.errors import NoteRefused
from ledger.merkle import HASH_BYTES, leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
PATH_LENGTH_MAX = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReceipt:
    """A receipt's parts, nothing checked; `extra` is never to be trusted."""

    index: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes | None = None


def make_receipt(index: int, path: Sequence[bytes], note: str) -> str:
    """Write a receipt: header, index, path, an empty line, and the note as it is."""
    hashes = "".join([f"{b64encode(one).decode()}\n" for one in path])
    return f"{HEADER}\nindex {index}\n{hashes}\n{note}"


def parse_receipt(text: str) -> ParsedReceipt:
    """Read a receipt (c2sp.org/tlog-proof@v1); raises `NoteRefused`."""
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEADER:
        raise NoteRefused("this is not a tlog-proof")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = strict_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise NoteRefused("a tlog-proof names an index")
    index = parse_decimal(lines.pop(0).removeprefix("index "))
    if len(lines) > PATH_LENGTH_MAX:
        raise NoteRefused(f"a tlog-proof has at most {PATH_LENGTH_MAX} hashes")
    return ParsedReceipt(index=index, path=tuple(map(_hash, lines)), note=note, extra=extra)


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
    digest = strict_base64(line)
    if len(digest) != HASH_BYTES:
        raise NoteRefused("a proof's hash has 32 bytes")
    return digest
