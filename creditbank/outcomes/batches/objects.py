"""Rows as NDJSON: one JSON object a line (UTF-8), with the field names of a posting."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.lines import Lines
from creditbank.outcomes.batches.rows import (
    MAIN,
    REMARK,
    REMARK_BATCH,
    REMARK_ROW,
    RawRow,
    RowProblem,
)
from creditbank.outcomes.texts import LENGTHS

NAME_LENGTH_MAX = 64
"""How much of an unknown field's name a problem repeats."""


@dataclass(frozen=True, slots=True)
class _Object:
    """The members of a JSON object as they were sent, repeated ones too."""

    members: list[tuple[str, object]]


def read_objects(stream: BinaryIO) -> Iterator[RawRow | RowProblem]:
    """Read objects as rows of the identity mapping; every value is text, `attempt` may be a number.

    A line that is not such an object is a problem of that row alone: `json-unreadable`,
    `field-repeated`, `field-unknown`, `value-not-text`. Empty lines hold no row, and members whose
    name begins with # say where a mended row comes from. Raises `InvalidInput` as `Lines` does.
    """
    lines = Lines(stream, file=MAIN, encoding="utf-8")
    lines.end_row()
    for line in lines:
        if line.strip():
            yield _read_object(lines.row, line)
            lines.end_row()


def read_object_remarks(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Give the batch and row that each object of a mended file names.

    None for a file whose first object names no row.
    """
    lines = Lines(stream, file=MAIN, encoding="utf-8")
    for line in lines:
        if line.strip():
            found = _decoded(line)
            remarks = dict(found.members) if found is not None else {}
            if lines.row == 0 and REMARK_ROW not in remarks:
                return
            yield str(remarks.get(REMARK_BATCH, "")), str(remarks.get(REMARK_ROW, ""))
            lines.end_row()


def _decoded(line: str) -> _Object | None:
    found: object = None
    with suppress(ValueError, RecursionError):
        found = _DECODER.decode(line)
    return found if isinstance(found, _Object) else None


def _read_object(number: int, line: str) -> RawRow | RowProblem:
    found = _decoded(line)
    if found is None:
        return RowProblem(number=number, problems=[FieldProblem(field="", code="json-unreadable")])
    texts: dict[str, str] = {}
    problems = []
    for name, value in found.members:
        if name.startswith(REMARK):
            continue
        code = "field-repeated" if name in texts else _member_problem(name, value)
        if code is not None:
            problems.append(FieldProblem(field=_shown(name), code=code))
        texts[name] = str(value)
    if problems:
        return RowProblem(number=number, problems=problems)
    return RawRow(number=number, cells=tuple([texts.get(name, "") for name in LENGTHS]))


def _member_problem(name: str, value: object) -> str | None:
    if name not in LENGTHS:
        return "field-unknown"
    if name == "attempt" and type(value) is int:
        return None
    if not isinstance(value, str):
        return "value-not-text"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "text-control-character"
    return None


def _shown(name: str) -> str:
    return name[:NAME_LENGTH_MAX].encode(errors="replace").decode()


_DECODER = json.JSONDecoder(object_pairs_hook=_Object)
