"""What a learning pass says, as values that cannot be malformed; `pass_cbor` writes and reads them.

What the citizen did not choose to show is absent.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from types import MappingProxyType

from certificates.errors import DocumentRefused

OUTCOMES_MAX = 50
TEXT_LENGTH_MAX = 300
COUNT_MAX = 2**53 - 1
TIME_MAX = 253_402_300_799  # 9999-12-31T23:59:59Z
PASS_ID_BYTES = 10
"""80 random bits; passes of before have 128."""

_PASS_ID_LENGTHS = (PASS_ID_BYTES, 16)
CLASSES = ("formal", "vocational", "non_degree", "venue")

_DATE = re.compile(r"(?:19|[2-9]\d)\d{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOutcome:
    """One outcome as shown, named by its ledger index; raises `DocumentRefused` when malformed.

    Credits and class hours are in 1/1000; the date of award is YYYY, YYYY-MM or YYYY-MM-DD.
    """

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

    def __post_init__(self) -> None:
        _require_forms(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassClaims:
    """A pass's whole content; raises `DocumentRefused` when malformed.

    Times are aware and have whole seconds; no outcome is shown twice. `status_place` is where its
    status bit stands, list number times 131,072 and index in one; older passes have none.
    """

    issuer: str
    log: str
    pass_id: bytes
    issued_at: datetime
    not_before: datetime | None = None
    expires_at: datetime
    holder: str | None = None
    purpose: str | None = None
    audience: str | None = None
    status_place: int | None = None
    outcomes: tuple[PassOutcome, ...]

    def __post_init__(self) -> None:
        _require_forms(self)


def _require_forms(value: PassOutcome | PassClaims) -> None:
    for name, is_optional, is_form in _CLAIMS[type(value)]:
        content = getattr(value, name)
        if not (is_optional if content is None else is_form(content)):
            raise DocumentRefused(f"the claim {name} is not of its form")


def _is_text(value: object) -> bool:
    if type(value) is not str or not 0 < len(value) <= TEXT_LENGTH_MAX:
        return False
    # Unassigned and private characters are let through: rare names are written with them.
    return value.isprintable() or not any(
        unicodedata.category(character) in _UNPRINTABLE for character in value
    )


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= COUNT_MAX


def _is_date(value: object) -> bool:
    return type(value) is str and value.isascii() and _DATE.fullmatch(value) is not None


def _is_time(value: object) -> bool:
    if type(value) is not datetime or value.utcoffset() is None:
        return False
    return value.microsecond == 0 and 0 <= value.timestamp() <= TIME_MAX


def _is_pass_id(value: object) -> bool:
    return type(value) is bytes and len(value) in _PASS_ID_LENGTHS


def _are_outcomes(value: object) -> bool:
    if type(value) is not tuple or not 0 < len(value) <= OUTCOMES_MAX:
        return False
    return len({outcome.index for outcome in value}) == len(value)


_FORMS: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "index": _is_count,
        "outcome_class": CLASSES.__contains__,
        "awarded_on": _is_date,
        "credits": _is_count,
        "minutes": _is_count,
        "class_hours": _is_count,
        "pass_id": _is_pass_id,
        "issued_at": _is_time,
        "not_before": _is_time,
        "expires_at": _is_time,
        "status_place": _is_count,
        "outcomes": _are_outcomes,
    }
)
"""The forms of what is not text."""

_CLAIMS: Mapping[type, tuple[tuple[str, bool, Callable[[object], bool]], ...]] = MappingProxyType(
    {
        kind: tuple(
            (one.name, one.default is not MISSING, _FORMS.get(one.name, _is_text))
            for one in fields(kind)
        )
        for kind in (PassOutcome, PassClaims)
    }
)
"""Of each kind its claims' names, whether they may be absent, and their forms."""
