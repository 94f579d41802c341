"""Statements: a claim whose every field can be disclosed alone (SD-JWT form, RFC 9901).

The body holds the digests of salted fields; each disclosure is `base64url(JSON [salt, name,
value])`, its digest `base64url(SHA-256(disclosure))`. The log sees neither, only the body's hash.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson

from ledger.errors import StatementRefused

JSONValue = str | int | bool | None | list["JSONValue"] | dict[str, "JSONValue"]

SALT_BYTES = 16
_DISCLOSURE_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A claim's canonical body (JCS) and the disclosures of its fields."""

    body: bytes
    disclosures: tuple[str, ...]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the body: what the leaf carries as `stmt`."""
        return hashlib.sha256(self.body).digest()


def make_statement(
    *,
    issuer: str,
    log: str,
    kind: str,
    fields: Mapping[str, JSONValue],
    entropy: Callable[[int], bytes],
) -> Statement:
    """State `fields` of one thing; `kind` is the statement's type, salts have 128 bits each."""
    salts = entropy(SALT_BYTES * len(fields))
    disclosures = tuple(
        _disclosure(salts[SALT_BYTES * place : SALT_BYTES * (place + 1)], name, value)
        for place, (name, value) in enumerate(fields.items())
    )
    body = {
        "_sd": sorted(map(_digest, disclosures)),
        "_sd_alg": "sha-256",
        "iss": issuer,
        "log": log,
        "vct": kind,
    }
    return Statement(body=orjson.dumps(body, option=orjson.OPT_SORT_KEYS), disclosures=disclosures)


def disclosed_fields(body: bytes, disclosures: Collection[str]) -> dict[str, JSONValue]:
    """Give the disclosed fields; raises `StatementRefused` unless each belongs to the body."""
    digests = _digests(body)
    fields: dict[str, JSONValue] = {}
    for disclosure in disclosures:
        if _digest(disclosure) not in digests:
            raise StatementRefused("a disclosure's digest is not in the statement")
        name, value = _read_disclosure(disclosure)
        if name in fields:
            raise StatementRefused(f"the field {name} is disclosed twice")
        fields[name] = value
    return fields


def choose(disclosures: Sequence[str], names: Collection[str]) -> tuple[str, ...]:
    """Give the disclosures of the named fields, in order."""
    return tuple(one for one in disclosures if _read_disclosure(one)[0] in names)


def _disclosure(salt: bytes, name: str, value: JSONValue) -> str:
    return _encode(orjson.dumps([_encode(salt), name, value]))


def _digest(disclosure: str) -> str:
    return _encode(hashlib.sha256(disclosure.encode()).digest())


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _digests(body: bytes) -> frozenset[str]:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise StatementRefused("the statement is not JSON") from None
    digests = parsed.get("_sd") if isinstance(parsed, dict) else None
    if not isinstance(digests, list) or not all(isinstance(one, str) for one in digests):
        raise StatementRefused("the statement has no digests")
    return frozenset(digests)


def _read_disclosure(disclosure: str) -> tuple[str, JSONValue]:
    try:
        padded = disclosure + "=" * (-len(disclosure) % 4)
        parts = orjson.loads(urlsafe_b64decode(padded))
    except (Base64Error, ValueError):
        raise StatementRefused("a disclosure is not base64url of JSON") from None
    if not isinstance(parts, list) or len(parts) != _DISCLOSURE_PARTS:
        raise StatementRefused("a disclosure is not [salt, name, value]")
    _, name, value = parts
    if not isinstance(name, str):
        raise StatementRefused("a disclosure's name is not text")
    return name, value
