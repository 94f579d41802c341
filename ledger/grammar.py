"""The closed schema of leaves as a grammar over their canonical bytes. Pure.

Fields stand in the order of their names, text is ASCII that JSON never escapes, and integers have
no sign, fraction or leading zero: so a leaf that fits has exactly the bytes that RFC 8785 gives.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import orjson

VERSION = 1
LEAF_BYTES_MAX = 8_192
INTEGER_MAX = 10**15 - 1
"""Every integer up to it is exact in JSON numbers, whose limit is 2^53 - 1 (RFC 8785)."""

TEXT_LENGTH_MAX = 255

_ACCOUNT = frozenset({"acct", "stmt"})
_CHANGE = _ACCOUNT | {"ref"}
_DECISION = _ACCOUNT | {"rule"}
_PUBLIC = frozenset({"object"})
_SPENDING = frozenset({"spend", "release"})

SCHEMA: Mapping[str, tuple[frozenset[str], frozenset[str]]] = MappingProxyType(
    {
        "open": (_ACCOUNT, frozenset()),
        "consent": (_ACCOUNT, frozenset({"object", "ref"})),
        "outcome": (_ACCOUNT, frozenset({"ref"})),
        "evidence": (_ACCOUNT, frozenset({"ref"})),
        "correct": (_CHANGE, frozenset({"rule"}) | _SPENDING),
        "revoke": (_CHANGE, frozenset({"release"})),
        "suspend": (_CHANGE, frozenset()),
        "extend": (_CHANGE, frozenset()),
        "reassign": (_CHANGE, _SPENDING),
        "convert": (_DECISION, frozenset({"ref"}) | _SPENDING),
        "use": (_CHANGE, _SPENDING),
        "apply": (_DECISION, frozenset({"ref"}) | _SPENDING),
        "reverse": (_CHANGE, frozenset({"rule"}) | _SPENDING),
        "credential": (_CHANGE, frozenset()),
        "merge": (_CHANGE, frozenset()),
        "tombstone": (frozenset({"acct"}), frozenset({"object", "ref"})),
        "rule": (_PUBLIC, frozenset({"ref", "stmt"})),
        "definition": (_PUBLIC, frozenset({"ref"})),
        "institution": (_PUBLIC, frozenset({"ref"})),
        "key": (_PUBLIC, frozenset({"ref"})),
        "origin": (_PUBLIC, frozenset({"ref"})),
        "status_list": (_PUBLIC, frozenset({"ref"})),
        "batch": (_PUBLIC, frozenset({"ref"})),
        "manifest": (_PUBLIC, frozenset({"ref"})),
        "measure": (_PUBLIC, frozenset({"ref"})),
        "override": (_PUBLIC, frozenset({"ref"})),
    }
)
"""For each type the fields it must have and those it may have, beside the common ones and `sig`."""

_COMMON = frozenset({"at", "id", "iss", "log", "t", "v"})

_TEXT = rb'"([!#-\[\]-~]{1,%d})"' % TEXT_LENGTH_MAX
_HASH = rb'"([0-9a-f]{64})"'
# The largest integer is all nines, so its number of digits is the whole bound.
_INTEGER = rb"0|[1-9][0-9]{0,%d}" % (len(str(INTEGER_MAX)) - 1)
_COUNT = rb"(%s)" % _INTEGER
_SOME_HASHES = rb'"[0-9a-f]{64}"(?:,"[0-9a-f]{64}")*'
_SIGNATURE = rb'\{"kid":"[0-9a-f]{16}","s":"[0-9a-f]{128}"\}'
_IN_MANIFEST = rb'\{"i":(?:%s),"manifest":"[0-9a-f]{64}","path":\[(?:%s)?\]\}' % (
    _INTEGER,
    _SOME_HASHES,
)

_VALUES: Mapping[str, bytes] = MappingProxyType(
    {
        "acct": _HASH,
        "at": _COUNT,
        "id": rb'"([0-9a-f]{32})"',
        "iss": _TEXT,
        "log": _TEXT,
        "object": _HASH,
        "ref": _COUNT,
        "release": rb"\[(%s)\]" % _SOME_HASHES,
        "rule": _HASH,
        "sig": rb"(%s|%s)" % (_SIGNATURE, _IN_MANIFEST),
        "spend": rb"\[(%s)\]" % _SOME_HASHES,
        "stmt": _HASH,
        "t": _TEXT,
        "v": b"%d" % VERSION,
    }
)
"""The spelling of each field's value, in the order of the names; one group each but in `v`."""

_TYPE_BEFORE, _TYPE_AFTER = b'"t":"', b'","v":%d}' % VERSION
_NEVER = rb"((?!))?"


class LeafFacts(NamedTuple):
    """A valid leaf's fields as they are written; None where the leaf does not have one."""

    acct: bytes | None
    at: bytes
    id: bytes
    iss: bytes
    log: bytes
    object: bytes | None
    ref: bytes | None
    release: bytes | None
    rule: bytes | None
    sig: bytes | None
    spend: bytes | None
    stmt: bytes | None
    t: bytes


def facts_of(data: bytes) -> LeafFacts | None:
    """Give the fields of a leaf, or None when it does not fit the grammar of its type."""
    match = _match(data)
    return None if match is None else LeafFacts._make(match.groups())


def is_leaf(data: bytes) -> bool:
    """Say whether these are the bytes of a valid leaf."""
    return _match(data) is not None


def fault_in(data: bytes) -> str:
    """Say why bytes that do not fit the grammar are no leaf."""
    if len(data) > LEAF_BYTES_MAX:
        return f"a leaf has at most {LEAF_BYTES_MAX} bytes"
    try:
        leaf = orjson.loads(data)
    except orjson.JSONDecodeError:
        return "a leaf is JSON in UTF-8"
    if not isinstance(leaf, dict):
        return "a leaf is a JSON object"
    return (
        _fault_in_names(leaf)
        or _fault_in_values(leaf)
        or "these are not the canonical bytes of the leaf"
    )


def _fault_in_names(leaf: Mapping[str, object]) -> str | None:
    kind = leaf.get("t")
    if not isinstance(kind, str) or kind not in SCHEMA:
        return "the type is not known"
    required, allowed = SCHEMA[kind]
    if missing := (_COMMON | required) - leaf.keys():
        return f"a leaf of type {kind} lacks {', '.join(sorted(missing))}"
    if unknown := leaf.keys() - _COMMON - required - allowed - {"sig"}:
        return f"a leaf of type {kind} has no {', '.join(sorted(unknown))}"
    return None


def _fault_in_values(leaf: Mapping[str, object]) -> str | None:
    for name, value in leaf.items():
        spelled = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        if re.fullmatch(_VALUES[name], spelled) is None:
            return f"the field {name} is not of its form"
    return None


def _match(data: bytes) -> re.Match[bytes] | None:
    kind = data[data.rfind(_TYPE_BEFORE) + len(_TYPE_BEFORE) : -len(_TYPE_AFTER)]
    grammar = _grammar(kind)
    if grammar is None or len(data) > LEAF_BYTES_MAX:
        return None
    return grammar.fullmatch(data)


@lru_cache(maxsize=64)
def _grammar(kind: bytes) -> re.Pattern[bytes] | None:
    """Compile the grammar of one type; its groups are the fields of `LeafFacts`."""
    if (schema := SCHEMA.get(kind.decode("ascii", "replace"))) is None:
        return None
    required, allowed = schema[0] | _COMMON, schema[1] | {"sig"}
    parts = []
    for name, value in _VALUES.items():
        # The first field of all is `acct` or `at`, so a comma is written after `acct` alone.
        after, before = (b",", b"") if name == "acct" else (b"", b"," if name != "at" else b"")
        field = before + b'"%s":' % name.encode() + value + after
        spelled = field.replace(_TEXT, b'"(%s)"' % kind) if name == "t" else field
        if name in required:
            parts.append(spelled)
        else:
            parts.append(b"(?:%s)?" % spelled if name in allowed else _NEVER)
    return re.compile(rb"\{" + b"".join(parts) + rb"\}")
