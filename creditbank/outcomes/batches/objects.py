"""Rows as NDJSON: one JSON object a line (UTF-8), with the field names of a posting."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.lines import Lines
from creditbank.outcomes.batches.rows import MAIN, RawRow, RowProblem
from creditbank.outcomes.texts import LENGTHS

Pairs = list[tuple[str, object]]


def read_objects(stream: BinaryIO) -> Iterator[RawRow | RowProblem]:
    """Read objects as rows of the identity mapping; every value is text, `attempt` may be a number.

    A line that is not such an object is a problem of that row alone: `json-unreadable`,
    `field-repeated`, `field-unknown`, `value-not-text`. Empty lines hold no row. Raises
    `InvalidInput` as `Lines` does.
    """
    lines = Lines(stream, file=MAIN, encoding="utf-8")
    lines.end_row()
    for line in lines:
        if line.strip():
            yield _read_object(lines.row, line)
            lines.end_row()


def _read_object(number: int, line: str) -> RawRow | RowProblem:
    try:
        pairs = _DECODER.decode(line)
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, _Object):
        return RowProblem(number=number, problems=[FieldProblem(field="", code="json-unreadable")])
    texts: dict[str, str] = {}
    problems = []
    for name, value in pairs.members:
        code = _member_problem(name, value, texts)
        if code is not None:
            problems.append(FieldProblem(field=name, code=code))
        texts[name] = str(value)
    if problems:
        return RowProblem(number=number, problems=problems)
    return RawRow(number=number, cells=tuple([texts.get(name, "") for name in LENGTHS]))
