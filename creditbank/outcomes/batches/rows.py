"""The rows of a file: CSV read strictly and by column, so that what is not mapped is never kept."""

import csv
import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import BinaryIO

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.lines import Lines
from creditbank.outcomes.batches.mapping import ImportMapping

MAIN = "file"
"""How problems name the main file."""

REMARK = "#"
"""How the columns begin that tell why a row was refused; they are never read."""

REMARK_BATCH, REMARK_ROW = f"{REMARK}batch", f"{REMARK}row"
"""Where a report of refused rows names the batch and the row; by them a mended file is linked."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that some spreadsheet runs: also by the full-width signs."""

Cells = tuple[str, ...]

_DELIMITERS = ",\t;|"
"""What may stand between cells, the likeliest first: a text file of a spreadsheet has tabs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One data row, numbered from 1, and its cells in the order of the mapping's `columns`."""

    number: int
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One data row that is refused, with every reason; the other rows are unaffected."""

    number: int
    problems: Sequence[FieldProblem]
    cells: Cells = ()
    """The cells, where the row could be read so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Which columns of a CSV file are read, and how the file is written."""

    file: str
    columns: Sequence[str]
    encoding: str
    delimiter: str
    optional: Collection[str] = ()
    refuses_others: bool = False


def read_rows(stream: BinaryIO, mapping: ImportMapping) -> Iterator[RawRow]:
    """Read the rows of a main file one by one; lines with nothing in them hold no row.

    Raises `InvalidInput` where the file as such cannot be read, so reading it once to the end
    finds every reason to refuse it whole: see `Lines` and `read_cells`.
    """
    for number, cells in enumerate(read_cells(stream, main_sheet(mapping)), start=1):
        yield RawRow(number=number, cells=cells)


def main_sheet(mapping: ImportMapping) -> Sheet:
    """Say which columns of the main file are read."""
    return Sheet(
        file=MAIN,
        columns=mapping.columns,
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        optional=mapping.optional_columns,
        refuses_others=mapping.unmapped_columns == "refuse",
    )


def read_header(stream: BinaryIO, encoding: str) -> tuple[list[str], str]:
    """Give the names of a CSV file's columns, and the delimiter that stands between them.

    Raises `InvalidInput`: `file-empty`, `file-quoting-broken`, and as `Lines` does.
    """
    lines = Lines(stream, file=MAIN, encoding=encoding)
    try:
        for line in lines:
            delimiter = next((one for one in _DELIMITERS if one in line), ",")
            rest = itertools.chain([line], lines)
            row = next(csv.reader(rest, delimiter=delimiter, strict=True))
            if row:
                return row, delimiter
    except csv.Error:
        raise lines.problem("file-quoting-broken") from None
    raise lines.problem("file-empty")


def read_cells(stream: BinaryIO, sheet: Sheet) -> Iterator[Cells]:
    """Give the cells of a sheet's columns, row by row; a column the file may lack is empty.

    Raises `InvalidInput`: `file-empty`, `header-column-missing`, `header-column-repeated`,
    `header-column-unknown`, `file-quoting-broken`, `file-field-count`, and as `Lines` does.
    """
    lines = Lines(stream, file=sheet.file, encoding=sheet.encoding)
    rows = csv.reader(iter(lines), delimiter=sheet.delimiter, strict=True)
    try:
        header = next((row for row in rows if row), None)
        if header is None:
            raise lines.problem("file-empty")
        pick, width = header_picker(header, sheet), len(header)
        is_report = any(name.startswith(REMARK) for name in header)
        lines.end_row()
        for row in rows:
            if len(row) != width:
                if not row:
                    continue
                raise lines.problem("file-field-count", expected=width, found=len(row))
            row.append("")
            yield unguard(pick(row)) if is_report else pick(row)
            lines.end_row()
    except csv.Error:
        raise lines.problem("file-quoting-broken") from None


def guard_cell(cell: str) -> str:
    """Write a cell for a report: one that a spreadsheet would run gets an apostrophe before it.

    So does one that looks guarded already, so that `unguard` always gives the cell back.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA_STARTS) else cell


def unguard(cells: Cells) -> Cells:
    """Take the apostrophes of `guard_cell` away again."""
    return tuple(
        [
            cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_FORMULA_STARTS) else cell
            for cell in cells
        ]
    )


def picker(places: Sequence[int]) -> Callable[[Sequence[str]], Cells]:
    """Make the function that picks the cells at these places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple([row[place] for place in places])


def header_picker(header: Sequence[str], sheet: Sheet) -> Callable[[Sequence[str]], Cells]:
    """Make the function that picks a sheet's cells; one past the end stands an empty cell."""
    _require_header(header, sheet)
    places = {name: place for place, name in enumerate(header)}
    return picker([places.get(name, len(header)) for name in sheet.columns])


def _require_header(header: Sequence[str], sheet: Sheet) -> None:
    counts = Counter(header)
    codes = {
        "header-column-missing": [
            name for name in sheet.columns if not counts[name] and name not in sheet.optional
        ],
        "header-column-repeated": [name for name in sheet.columns if counts[name] > 1],
        "header-column-unknown": [
            name
            for name in counts
            if sheet.refuses_others and name not in sheet.columns and not name.startswith(REMARK)
        ],
    }
    problems = [
        FieldProblem(field=sheet.file, code=code, facts={"column": name})
        for code, names in codes.items()
        for name in names
    ]
    if problems:
        raise InvalidInput(problems)
