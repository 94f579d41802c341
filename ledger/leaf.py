"""The leaf: canonical JSON (RFC 8785) of a closed schema that holds hashes and tags, no person.

The validator refuses and never normalises: one grammar over the bytes says which leaves exist, for
the writer and for every reader. Whatever it accepts has one spelling only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from ledger.errors import LeafRefused
from ledger.grammar import VERSION, fault_in, is_leaf

LeafValue = str | int | list[str] | dict[str, str | int | list[str]]
Leaf = Mapping[str, LeafValue]

_ID_RANDOM_BYTES = 10
_ID_TIME_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafDraft:
    """What a room asks to append; version, log and time are given under the head lock.

    `sig` is `{kid, s}` or `{manifest, i, path}`, in the spelling of the leaf (lower-case hex);
    `ref` is the index of an earlier leaf; `rule` is the `object` of an earlier rule leaf.
    """

    t: str
    id: bytes
    iss: str
    acct: bytes | None = None
    stmt: bytes | None = None
    object: bytes | None = None
    sig: Mapping[str, str | int | list[str]] | None = None
    rule: bytes | None = None
    spend: tuple[bytes, ...] = ()
    release: tuple[bytes, ...] = ()
    ref: int | None = None


def new_id(now: datetime, entropy: Callable[[int], bytes]) -> bytes:
    """Give a leaf id: 48 bits of time in ms, then 80 random bits, so that inserts stay in order."""
    time = int(now.timestamp() * 1000)
    return time.to_bytes(_ID_TIME_BYTES, "big") + entropy(_ID_RANDOM_BYTES)


def made_at(leaf_id: str) -> datetime:
    """Give the second in which an id was given, read from its first 48 bits."""
    time = int.from_bytes(bytes.fromhex(leaf_id)[:_ID_TIME_BYTES], "big")
    return datetime.fromtimestamp(time // 1000, UTC)


def encode_draft(draft: LeafDraft, *, log: str, at: int) -> bytes:
    """Give the canonical bytes of a leaf; `at` is the bank's time in whole seconds since 1970."""
    leaf: dict[str, object] = {
        "v": VERSION,
        "t": draft.t,
        "log": log,
        "id": draft.id.hex(),
        "at": at,
        "iss": draft.iss,
    }
    if draft.acct is not None:
        leaf["acct"] = draft.acct.hex()
    if draft.stmt is not None:
        leaf["stmt"] = draft.stmt.hex()
    if draft.object is not None:
        leaf["object"] = draft.object.hex()
    if draft.rule is not None:
        leaf["rule"] = draft.rule.hex()
    if draft.spend:
        leaf["spend"] = [value.hex() for value in draft.spend]
    if draft.release:
        leaf["release"] = [value.hex() for value in draft.release]
    if draft.ref is not None:
        leaf["ref"] = draft.ref
    if draft.sig is not None:
        leaf["sig"] = draft.sig
    return encode(leaf)


def encode(fields: Mapping[str, object]) -> bytes:
    """Give the canonical bytes of a leaf; raises `LeafRefused` with the reason."""
    try:
        data = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise LeafRefused(str(error)) from None
    if not is_leaf(data):
        raise LeafRefused(fault_in(data))
    return data


def decode(data: bytes) -> Leaf:
    """Read a leaf; raises `LeafRefused` unless these are the canonical bytes of a valid one."""
    if not is_leaf(data):
        raise LeafRefused(fault_in(data))
    leaf: dict[str, LeafValue] = orjson.loads(data)
    return leaf
