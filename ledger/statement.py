"""Statements: a claim whose every field can be disclosed alone (SD-JWT form, RFC 9901).

The body holds the digests of salted fields; each disclosure is `base64url(JSON [salt, name,
value])`, its digest `base64url(SHA-256(disclosure))`. The log sees neither, only the body's hash.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from ledger.errors import StatementRefused

JSONValue = str | int | bool | None | list["JSONValue"] | dict[str, "JSONValue"]

SaltedField = tuple[str, str, JSONValue]
"""Salt (base64url), name and value: what a disclosure discloses."""

SALT_BYTES = 16
RESERVED_NAMES = frozenset({"...", "_sd", "_sd_alg", "iss", "log", "vct"})
"""Names that no field may have: RFC 9901, section 4.2.1, and the body's own claims."""

_BODY_NAMES = frozenset({"_sd", "_sd_alg", "iss", "log", "vct"})
_ALGORITHM = "sha-256"
_DISCLOSURE_PARTS = 3
# Statements are JSON alone: what orjson could write beyond it is refused.
_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A claim's canonical body (JCS) and the disclosures of its fields."""

    body: bytes
    disclosures: tuple[str, ...]
    salted: Sequence[SaltedField] = field(repr=False)
    """What the disclosures disclose."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of the body: what the leaf carries as `stmt`."""
        return sha256(self.body).digest()


def make_statement(
    *,
    issuer: str,
    log: str,
    kind: str,
    fields: Mapping[str, JSONValue],
    entropy: Callable[[int], bytes],
) -> Statement:
    """State `fields` of one thing; `kind` is the statement's type, salts have 128 bits each.

    Raises `StatementRefused` for a reserved name or a value that is not JSON.
    """
    if not RESERVED_NAMES.isdisjoint(fields):
        raise StatementRefused("a field has a reserved name")
    salts = _encode(entropy(SALT_BYTES * len(fields)), SALT_BYTES)
    salted = [
        (salt, name, value) for salt, (name, value) in zip(salts, fields.items(), strict=True)
    ]
    return rebuild_statement(issuer=issuer, log=log, kind=kind, salted=salted)


def rebuild_statement(
    *, issuer: str, log: str, kind: str, salted: Sequence[SaltedField]
) -> Statement:
    """Give the same statement again from its salted fields, which are all that need be kept."""
    try:
        parts = [orjson.dumps(one, option=_STRICT) for one in salted]
    except orjson.JSONEncodeError as error:
        raise StatementRefused(str(error)) from None
    disclosures = [urlsafe_b64encode(part).rstrip(b"=") for part in parts]
    body = {
        "_sd": sorted(map(_digest, disclosures)),
        "_sd_alg": _ALGORITHM,
        "iss": issuer,
        "log": log,
        "vct": kind,
    }
    return Statement(
        body=orjson.dumps(body, option=orjson.OPT_SORT_KEYS),
        disclosures=tuple([one.decode() for one in disclosures]),
        salted=salted,
    )


def disclosed_fields(body: bytes, disclosures: Collection[str]) -> dict[str, JSONValue]:
    """Give the disclosed fields; raises `StatementRefused` unless each belongs to the body."""
    digests = _digests(body)
    fields: dict[str, JSONValue] = {}
    for disclosure in disclosures:
        name, value = _read_disclosure(disclosure)
        if _digest(disclosure.encode()) not in digests:
            raise StatementRefused(f"the digest of {name} is not in the statement")
        if name in fields or name in RESERVED_NAMES:
            raise StatementRefused(f"the field {name} is disclosed twice or reserved")
        fields[name] = value
    return fields


def salted_fields(statement: Statement) -> tuple[str, str, str, Sequence[SaltedField]]:
    """Give issuer, log, type and salted fields: the short form that `rebuild_statement` reads."""
    body = orjson.loads(statement.body)
    return body["iss"], body["log"], body["vct"], statement.salted


def choose(disclosures: Sequence[str], names: Collection[str]) -> tuple[str, ...]:
    """Give the disclosures of the named fields, in the order of the statement."""
    return tuple(one for one in disclosures if _read_disclosure(one)[0] in names)


def _encode(data: bytes, width: int) -> list[str]:
    """Give base64url without padding of each `width` bytes."""
    starts = range(0, len(data), width)
    return [urlsafe_b64encode(data[at : at + width]).rstrip(b"=").decode() for at in starts]


def _digest(disclosure: bytes) -> str:
    return urlsafe_b64encode(sha256(disclosure).digest())[:43].decode()


def _digests(body: bytes) -> frozenset[str]:
    try:
        claims = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise StatementRefused("the statement is not JSON") from None
    if not isinstance(claims, dict) or claims.keys() != _BODY_NAMES:
        raise StatementRefused("the statement has other claims than it may")
    # Two readers could see two claims in bytes that are not canonical (a doubled name).
    if orjson.dumps(claims, option=orjson.OPT_SORT_KEYS) != body:
        raise StatementRefused("these are not the canonical bytes of the statement")
    digests = claims["_sd"]
    if claims["_sd_alg"] != _ALGORITHM or not isinstance(digests, list):
        raise StatementRefused("the statement has no SHA-256 digests")
    if not all(isinstance(one, str) for one in digests) or len(set(digests)) != len(digests):
        raise StatementRefused("a digest is doubled or not text")
    return frozenset(digests)


def _decoded(disclosure: str) -> bytes:
    return urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))


def _read_disclosure(disclosure: str) -> tuple[str, JSONValue]:
    try:
        data = _decoded(disclosure)
        parts = orjson.loads(data)
    except (Base64Error, ValueError):
        raise StatementRefused("a disclosure is not base64url of JSON") from None
    if urlsafe_b64encode(data).rstrip(b"=").decode() != disclosure:
        raise StatementRefused("a disclosure is base64url without padding or spare bits")
    if not isinstance(parts, list) or len(parts) != _DISCLOSURE_PARTS:
        raise StatementRefused("a disclosure is not [salt, name, value]")
    salt, name, value = parts
    if not isinstance(salt, str) or not isinstance(name, str):
        raise StatementRefused("a disclosure's salt and name are text")
    return name, value
