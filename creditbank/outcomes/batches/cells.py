"""The rows of a workbook as text, without guessing; a cell that lost something is refused."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from numbers import Number
from typing import BinaryIO

from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.mapping import ImportMapping
from creditbank.outcomes.batches.rows import (
    MAIN,
    REMARK,
    REMARK_BATCH,
    REMARK_ROW,
    RawRow,
    RowProblem,
    header_picker,
    main_sheet,
    unguard,
)
from creditbank.outcomes.batches.workbooks import Cell, read_sheet

EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number; what has more is damaged."""

_FIFTEEN_DIGITS = Context(prec=15)


def read_workbook_header(stream: BinaryIO, sheet: str | None) -> list[str]:
    """Give the header of a workbook's sheet; raises `InvalidInput` as `read_sheet` does."""
    return _header(next(read_sheet(stream, file=MAIN, sheet=sheet)))


def read_workbook(stream: BinaryIO, mapping: ImportMapping) -> Iterator[RawRow | RowProblem]:
    """Read the rows of a workbook's sheet; rows with nothing in them are left out.

    A row is refused for its cells: `number-cell-damaged`, `cell-boolean`, `cell-time`,
    `code-turned-into-date`, `cell-beyond-header`. Raises `InvalidInput` as `read_sheet` does, and
    for a header that does not fit, as `read_cells` does.
    """
    rows = read_sheet(stream, file=MAIN, sheet=mapping.sheet)
    header = _header(next(rows))
    pick, width = header_picker(header, main_sheet(mapping)), len(header)
    places = [header.index(name) if name in header else width for name in mapping.columns]
    coded, number = mapping.code_columns, 0
    is_report = any(name.startswith(REMARK) for name in header)
    for row in rows:
        if all(cell == "" for cell in row):
            continue
        number += 1
        picked = pick([*map(cell_text, row[:width]), ""])
        cells = unguard(picked) if is_report else picked
        problems = list(_problems(row, places, mapping.columns, coded))
        if any(cell != "" for cell in row[width:]):
            problems.append(FieldProblem(field="", code="cell-beyond-header"))
        if problems:
            yield RowProblem(number=number, problems=problems, cells=cells)
        else:
            yield RawRow(number=number, cells=cells)


def read_workbook_remarks(stream: BinaryIO, sheet: str | None) -> Iterator[tuple[str, str]]:
    """Give the batch and row that each row of a returned report names; none for other sheets."""
    rows = read_sheet(stream, file=MAIN, sheet=sheet)
    header = _header(next(rows))
    if REMARK_ROW not in header:
        return
    places = [header.index(one) for one in (REMARK_BATCH, REMARK_ROW) if one in header]
    for row in rows:
        if any(cell != "" for cell in row):
            *batch, number = (cell_text(row[place]) if place < len(row) else "" for place in places)
            yield "".join(batch), number


def _header(row: Sequence[Cell]) -> list[str]:
    header = [cell_text(cell) for cell in row]
    while header and not header[-1]:
        header.pop()
    return header


def _problems(
    row: Sequence[Cell], places: Sequence[int], columns: Sequence[str], coded: frozenset[str]
) -> Iterator[FieldProblem]:
    for place, column in zip(places, columns, strict=True):
        if place < len(row) and not isinstance(row[place], str):
            code = _damage(row[place], is_code=column in coded)
            if code is not None:
                yield FieldProblem(field=column, code=code)


def _damage(cell: Cell, *, is_code: bool) -> str | None:
    match cell:
        case bool():
            return "cell-boolean"
        case Number():
            return "number-cell-damaged" if abs(_shown(cell)) >= EXACT_BELOW else None
        case date():
            return "code-turned-into-date" if is_code else None
        case time() | timedelta():
            return "cell-time"
        case _:
            return None


def cell_text(cell: Cell) -> str:
    """Write a cell as it was meant: 20230001 and not 20230001.0, a day as YYYY-MM-DD."""
    match cell:
        case bool():
            return str(cell).upper()
        case Number():
            shown = _shown(cell)
            return f"{shown:f}" if abs(shown) < EXACT_BELOW else f"{shown:E}"
        case datetime():
            return str(cell.date() if cell.time() == time() else cell)
        case _:
            return str(cell)


def _shown(number: Number) -> Decimal:
    """Give the 15 digits that a spreadsheet shows."""
    return _FIFTEEN_DIGITS.create_decimal(repr(number)).normalize(_FIFTEEN_DIGITS)
