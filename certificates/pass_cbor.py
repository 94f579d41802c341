"""A learning pass in CBOR, as claims of a CWT (RFC 8392), small enough for a printed QR code.

    1 issuer · 4 expires · 5 not before · 6 issued · 7 pass id · -65537 (private use) a map of:
        1 log, absent where it is the issuer's own: did:web:HOST has HOST/ledger
        2 holder · 3 purpose · 4 audience · 5 the outcomes, column by column, a map of:
            1 ledger index · 2 title · 3 title_en · 4 provider · 5 provider_en
            6 class (1 formal, 2 vocational, 3 non_degree, 4 venue)
            7 awarded on, as ((year - 1900) * 13 + month) * 32 + day, 0 for what is not known
            8 result · 9 grade · 10 grade scale
            11 credits (1/1000) · 12 minutes · 13 class hours (1/1000)
        6 place of the status bit: list number times 131072 and index, in one

The column of indexes is an array and says how many outcomes there are. Any other column is one
value where all outcomes agree, else an array with null for what is not shown; in it a text that
stands earlier in the column is written as its first position there.
The encoding is deterministic (RFC 8949, section 4.2.1), and nothing else is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast
from urllib.parse import unquote

import cbor2

from certificates.errors import DocumentRefused
from certificates.pass_claims import CLASSES, COUNT_MAX, TIME_MAX, PassClaims, PassOutcome

PRIVATE_CLAIM = -65537
LOG, OUTCOMES, INDEX = 1, 5, 1
_FIRST_YEAR, _MONTHS, _DAYS = 1900, 13, 32

_CLAIMS: Mapping[str, int] = MappingProxyType(
    {"issuer": 1, "expires_at": 4, "not_before": 5, "issued_at": 6, "pass_id": 7}
)
_DETAILS: Mapping[str, int] = MappingProxyType(
    {"log": LOG, "holder": 2, "purpose": 3, "audience": 4, "status_place": 6}
)
_COLUMNS: Mapping[str, int] = MappingProxyType(
    {field.name: number for number, field in enumerate(fields(PassOutcome), start=INDEX)}
)
_CODED = frozenset({"outcome_class", "awarded_on"})
_NOT_TEXT = frozenset({"index", "outcome_class", "awarded_on", "credits", "minutes", "class_hours"})

CBORMap = dict[object, object]


def encode(claims: PassClaims) -> bytes:
    """Give the CBOR form of a pass."""
    details: CBORMap = _chosen(claims, _DETAILS)
    if claims.log == _own_log(claims.issuer):
        del details[LOG]
    details[OUTCOMES] = _write_outcomes(claims.outcomes)
    return cbor2.dumps(_chosen(claims, _CLAIMS) | {PRIVATE_CLAIM: details}, canonical=True)


def decode(data: bytes) -> PassClaims:
    """Read the CBOR form of a pass; raises `DocumentRefused` unless `encode` writes it so."""
    try:
        content = cbor2.loads(data)
    except Exception as error:  # cbor2 raises many kinds for hostile bytes; all mean one thing.
        raise DocumentRefused("the pass is not CBOR") from error
    claims = _read_claims(_as_map(content))
    # Encoding again refuses whatever reading forgave: unknown claims, order, longer numbers.
    if encode(claims) != data:
        raise DocumentRefused("the pass is not in its one deterministic form")
    return claims


def _chosen(claims: PassClaims, numbers: Mapping[str, int]) -> CBORMap:
    values = {number: getattr(claims, name) for name, number in numbers.items()}
    return {
        number: int(value.timestamp()) if isinstance(value, datetime) else value
        for number, value in values.items()
        if value is not None
    }


def _read_claims(content: CBORMap) -> PassClaims:
    details = _as_map(content.get(PRIVATE_CLAIM))
    values = {name: content.get(number) for name, number in _CLAIMS.items()}
    values |= {name: details.get(number) for name, number in _DETAILS.items()}
    for name in ("issued_at", "not_before", "expires_at"):
        values[name] = _read_time(values[name])
    if isinstance(values["issuer"], str) and LOG not in details:
        values["log"] = _own_log(values["issuer"])
    outcomes = _read_outcomes(_as_map(details.get(OUTCOMES)))
    return PassClaims(**values, outcomes=outcomes)  # type: ignore[arg-type]  # refuses other forms


def _own_log(issuer: str) -> str:
    """Give the log that a did:web issuer keeps at its own host."""
    host = issuer.removeprefix("did:web:").partition(":")[0]
    return f"{unquote(host)}/ledger"


def _read_time(value: object) -> datetime | None:
    if type(value) is not int or not 0 <= value <= TIME_MAX:
        return None
    return datetime.fromtimestamp(value, UTC)


def _write_outcomes(outcomes: Sequence[PassOutcome]) -> CBORMap:
    columns: CBORMap = {}
    for name, number in _COLUMNS.items():
        cells = [getattr(outcome, name) for outcome in outcomes]
        if name in _CODED:
            cells = [_write_cell(name, cell) for cell in cells]
        if number == INDEX or cells.count(cells[0]) < len(cells):
            columns[number] = _with_references(cells)
        elif cells[0] is not None:
            columns[number] = cells[0]
    return columns


def _with_references(cells: Sequence[object]) -> list[object]:
    return [
        first if type(cell) is str and (first := cells.index(cell)) < place else cell
        for place, cell in enumerate(cells)
    ]


def _read_outcomes(columns: CBORMap) -> tuple[PassOutcome, ...]:
    indexes = columns.get(INDEX)
    if not isinstance(indexes, list):
        raise DocumentRefused("a pass has a column of indexes")
    cells = {
        name: _read_column(name, columns.get(number), len(indexes))
        for name, number in _COLUMNS.items()
    }
    return tuple(
        PassOutcome(**{name: cells[name][place] for name in cells})  # type: ignore[arg-type]  # refuses other forms
        for place in range(len(indexes))
    )


def _read_column(name: str, column: object, count: int) -> list[object]:
    if column is None:
        return [None] * count
    if not isinstance(column, list):
        return [_read_cell(name, column)] * count
    if len(column) != count:
        raise DocumentRefused(f"the column {name} is not as long as the pass")
    cells: list[object] = []
    for cell in column:
        is_reference = type(cell) is int and name not in _NOT_TEXT
        if is_reference and not 0 <= cell < len(cells):
            raise DocumentRefused(f"the column {name} refers to no earlier text")
        cells.append(cells[cell] if is_reference else _read_cell(name, cell))
    return cells


def _write_cell(name: str, value: object) -> object:
    if value is None:
        return None
    if name == "outcome_class":
        return CLASSES.index(cast("str", value)) + 1
    if name == "awarded_on":
        year, month, day = (*map(int, cast("str", value).split("-")), 0, 0)[:3]
        return ((year - _FIRST_YEAR) * _MONTHS + month) * _DAYS + day
    return value


def _read_cell(name: str, cell: object) -> object:
    if name not in _CODED or cell is None:
        return cell
    if type(cell) is not int or not 0 <= cell <= COUNT_MAX:
        raise DocumentRefused(f"the column {name} has numbers")
    if name == "outcome_class":
        return CLASSES[cell - 1] if 0 < cell <= len(CLASSES) else None
    months, day = divmod(cell, _DAYS)
    years, month = divmod(months, _MONTHS)
    parts = [f"{years + _FIRST_YEAR:04}", *(f"{part:02}" for part in (month, day) if part)]
    return "-".join(parts)


def _as_map(value: object) -> CBORMap:
    if not isinstance(value, dict):
        raise DocumentRefused("the pass has a map there")
    return value
