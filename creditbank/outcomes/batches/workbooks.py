"""XLSX workbooks (ECMA-376) opened within bounds: what unpacks without end is stopped first.

The reader holds a whole sheet in memory, so both the unpacked bytes and the area from the first to
the last cell are bounded: a workbook takes some 400 MiB while it is read, never more.
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from creditbank.errors import Fact, FieldProblem, InvalidInput
from creditbank.outcomes.batches.unpack import ZIP_BROKEN

PACKED_BYTES_MAX = 32 << 20
UNPACKED_BYTES_MAX = 128 << 20
CELLS_MAX = 2_000_000
"""The most cells of a sheet, empty ones between others included."""

ENTRIES_MAX = 500

Cell = object
"""Text, a number, a truth value, or a day, time or duration; an empty cell is an empty text."""

_PIECE = 1 << 20
_READ = (".xml", ".rels")
_PLACE = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{0,8})(\d{1,10})[\"']")
_ERROR = re.compile(rb"(<(?:\w+:)?c\s[^>]*?\bt\s*=\s*[\"'])e([\"'])")
_LETTERS = 26


def read_sheet(stream: BinaryIO, *, file: str, sheet: str | None) -> Iterator[Sequence[Cell]]:
    """Give the rows of a named sheet, or of the first visible one with anything in it.

    A formula is its stored value, an error its text. Raises `InvalidInput`: `workbook-unreadable`,
    `workbook-too-large`, `workbook-sheet-missing`, `file-empty`.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(_bounded(stream, file))
        for name in _wanted(workbook, file, sheet):
            rows = workbook.get_sheet_by_name(name).iter_rows()
            first = next((row for row in rows if any(cell != "" for cell in row)), None)
            if first is not None:
                yield first
                yield from rows
                return
    except (CalamineError, *ZIP_BROKEN):
        raise _problem(file, "workbook-unreadable") from None
    raise _problem(file, "file-empty")


def read_sheets(
    stream: BinaryIO, *, file: str, sheets: Collection[str]
) -> dict[str, list[Sequence[Cell]]]:
    """Give the rows of each of these sheets that there is, from the first row and column on.

    Raises `InvalidInput` as `read_sheet` does; `workbook-sheet-missing` where there is none.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(_bounded(stream, file))
        found: dict[str, list[Sequence[Cell]]] = {
            name: list(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in workbook.sheet_names
            if name in sheets
        }
    except (CalamineError, *ZIP_BROKEN):
        raise _problem(file, "workbook-unreadable") from None
    if not found:
        raise _problem(file, "workbook-sheet-missing", known=tuple(workbook.sheet_names))
    return found


def _wanted(workbook: CalamineWorkbook, file: str, sheet: str | None) -> list[str]:
    if sheet is None:
        return [
            one.name
            for one in workbook.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        ]
    if sheet not in workbook.sheet_names:
        raise _problem(file, "workbook-sheet-missing", known=tuple(workbook.sheet_names))
    return [sheet]


def _bounded(stream: BinaryIO, file: str) -> BinaryIO:
    """Give the same workbook packed anew from what it really unpacks to, whatever it says.

    Errors become texts, which the reader would give as empty cells.
    """
    packed = stream.read(PACKED_BYTES_MAX + 1)
    if len(packed) > PACKED_BYTES_MAX:
        raise _too_large(file)
    target = io.BytesIO()
    left = UNPACKED_BYTES_MAX
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bounded,
    ):
        entries = source.infolist()
        if len(entries) > ENTRIES_MAX:
            raise _too_large(file)
        for entry in entries:
            if entry.filename.endswith(_READ):
                content = _unpacked(source, entry, left, file)
                left -= len(content)
                _require_area(content, file)
                bounded.writestr(entry.filename, _ERROR.sub(rb"\1str\2", content))
    target.seek(0)
    return target


def _unpacked(source: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, file: str) -> bytes:
    if entry.flag_bits & 1:
        raise _problem(file, "workbook-unreadable")  # It is under a password.
    entry.file_size = UNPACKED_BYTES_MAX + 1  # What it says of itself may be a lie.
    pieces = bytearray()
    with source.open(entry) as content:
        while piece := content.read(_PIECE):
            pieces += piece
            if len(pieces) > left:
                raise _too_large(file)
    return bytes(pieces)


def _require_area(content: bytes, file: str) -> None:
    rows = columns = 0
    for letters, digits in _PLACE.findall(content):
        rows = max(rows, int(digits))
        columns = max(columns, _column(letters))
    if rows * columns > CELLS_MAX:
        raise _too_large(file)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _too_large(file: str) -> InvalidInput:
    return _problem(
        file,
        "workbook-too-large",
        bytes_max=PACKED_BYTES_MAX,
        unpacked_max=UNPACKED_BYTES_MAX,
        cells_max=CELLS_MAX,
    )


def _problem(file: str, code: str, **facts: Fact) -> InvalidInput:
    return InvalidInput([FieldProblem(field=file, code=code, facts=facts)])
