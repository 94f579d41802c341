"""What a learning pass says: a value, and its CBOR form as CWT claims (RFC 8392).

    1 issuer (DID) · 4 expires · 5 not before · 6 issued · 7 pass id · -70001 log origin
    -70002 holder · -70003 purpose · -70004 audience · -70005 outcomes, each a map of:
    1 ledger index · 2 title · 3 title_en · 4 provider · 5 provider_en · 6 class · 7 awarded on
    8 result · 9 grade · 10 grade scale · 11 credits (1/1000) · 12 minutes · 13 class hours (1/1000)

What the citizen did not choose to show is absent. Encoding is deterministic (RFC 8949, 4.2.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import cast

import cbor2

from certificates.errors import DocumentRefused

OUTCOMES_MAX = 50
TEXT_LENGTH_MAX = 300
ID_BYTES = 16
TIME_MAX = 253_402_300_799  # 9999-12-31T23:59:59Z

_CLASSES = {"formal": 1, "vocational": 2, "non_degree": 3, "venue": 4}
_CLASS_NAMES = {number: name for name, number in _CLASSES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOutcome:
    """One outcome as shown; credits and class hours in 1/1000, time in minutes."""

    index: int
    title: str
    title_en: str | None = None
    provider: str
    provider_en: str | None = None
    outcome_class: str
    awarded_on: str | None = None
    result: str
    grade: str | None = None
    grade_scale: str | None = None
    credits: int | None = None
    minutes: int | None = None
    class_hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassClaims:
    """A pass's whole content; times are aware and have whole seconds."""

    issuer: str
    log: str
    pass_id: bytes
    issued_at: datetime
    not_before: datetime | None = None
    expires_at: datetime
    holder: str | None = None
    purpose: str | None = None
    audience: str | None = None
    outcomes: tuple[PassOutcome, ...]


_CLAIM_KEYS: Mapping[str, int] = {
    "issuer": 1,
    "expires_at": 4,
    "not_before": 5,
    "issued_at": 6,
    "pass_id": 7,
    "log": -70001,
    "holder": -70002,
    "purpose": -70003,
    "audience": -70004,
    "outcomes": -70005,
}
_OUTCOME_KEYS: Mapping[str, int] = {
    field.name: number for number, field in enumerate(fields(PassOutcome), start=1)
}
_TIMES = frozenset({"issued_at", "not_before", "expires_at"})
_COUNTS = frozenset({"index", "credits", "minutes", "class_hours"})


def encode(claims: PassClaims) -> bytes:
    """Give the CBOR form of a pass."""
    content = {
        _CLAIM_KEYS[field.name]: _to_cbor(field.name, getattr(claims, field.name))
        for field in fields(PassClaims)
        if getattr(claims, field.name) is not None
    }
    return cbor2.dumps(content, canonical=True)


def decode(data: bytes) -> PassClaims:
    """Read the CBOR form of a pass; raises `DocumentRefused` unless `encode` writes it so."""
    try:
        content = cbor2.loads(data)
    except Exception as error:  # cbor2 raises many kinds for hostile bytes; all mean one thing.
        raise DocumentRefused("the pass is not CBOR") from error
    values = _named(content, _CLAIM_KEYS)
    listed = values.pop("outcomes", None)
    if not isinstance(listed, list) or not 0 < len(listed) <= OUTCOMES_MAX:
        raise DocumentRefused("a pass shows some outcomes")
    outcomes = tuple(_outcome(_named(one, _OUTCOME_KEYS)) for one in listed)
    for name, value in values.items():
        _require_form(name, value)
    for name in _TIMES & values.keys():
        values[name] = datetime.fromtimestamp(cast("int", values[name]), UTC)
    try:
        claims = PassClaims(**values, outcomes=outcomes)  # type: ignore[arg-type]  # forms checked above
    except TypeError:
        raise DocumentRefused("the pass lacks a claim") from None
    if encode(claims) != data:
        raise DocumentRefused("the pass is not in its one deterministic form")
    return claims


def _to_cbor(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if name == "outcome_class":
        return _CLASSES[cast("str", value)]
    if isinstance(value, tuple):
        return [_outcome_to_cbor(outcome) for outcome in value]
    return value


def _outcome_to_cbor(outcome: PassOutcome) -> dict[int, object]:
    return {
        number: _to_cbor(name, getattr(outcome, name))
        for name, number in _OUTCOME_KEYS.items()
        if getattr(outcome, name) is not None
    }


def _named(content: object, keys: Mapping[str, int]) -> dict[str, object]:
    """Give the names of a map's integer keys."""
    if not isinstance(content, dict) or not set(content) <= set(keys.values()):
        raise DocumentRefused("the pass has a claim that is not known")
    return {name: content[number] for name, number in keys.items() if number in content}


def _outcome(values: dict[str, object]) -> PassOutcome:
    number = values.pop("outcome_class", None)
    if not isinstance(number, int) or number not in _CLASS_NAMES:
        raise DocumentRefused("an outcome's class is not known")
    for name, value in values.items():
        _require_form(name, value)
    try:
        return PassOutcome(outcome_class=_CLASS_NAMES[number], **values)  # type: ignore[arg-type]  # forms checked above
    except TypeError:
        raise DocumentRefused("an outcome lacks a claim") from None


def _require_form(name: str, value: object) -> None:
    if name in _COUNTS or name in _TIMES:
        is_good = type(value) is int and 0 <= value <= (TIME_MAX if name in _TIMES else 2**53)
    elif name == "pass_id":
        is_good = type(value) is bytes and len(value) == ID_BYTES
    else:
        is_good = type(value) is str and 0 < len(value) <= TEXT_LENGTH_MAX and value.isprintable()
    if not is_good:
        raise DocumentRefused(f"the claim {name} is not of its form")
