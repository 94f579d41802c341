"""The rule sheet as a workbook: headers with notes, drop-downs, and every cell as text."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import rfc8785
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from creditbank.conversion.rule_file import RuleDocument
from creditbank.plain_yaml import load_plain_yaml
from creditbank.rules.sheets.columns import Column, sheet_form
from creditbank.rules.sheets.spread import Rows, spread

ABOUT = "说明"
_ROWS_CHECKED = 2_000
"""How many rows offer drop-downs."""

_AS_TEXT = "@"

_WIDTH = 16
_ABOUT_WIDTH = 110
_HEADER_FILL = PatternFill("solid", fgColor="DDE7F3")
_AUTHOR = "学分银行"


def example_rules() -> list[RuleDocument]:
    """Give the example rows of a new sheet: a rule of each shape."""
    text = Path(__file__).with_name("examples.yaml").read_text("utf-8")
    listed = cast("Sequence[dict[str, str]]", load_plain_yaml(text))  # Our own file.
    return [RuleDocument.parse(rfc8785.dumps(one)) for one in listed]


def write_book(documents: Sequence[RuleDocument]) -> bytes:
    """Write rules as a workbook; raises `InvalidInput` as `spread` does."""
    rows = spread(documents)
    book = Workbook()
    about = cast("Worksheet", book.active)
    _say(about, sheet_form().about)
    for name, columns in sheet_form().sheets.items():
        _fill(book.create_sheet(name), columns, rows, name)
    book.active = 1
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _say(sheet: Worksheet, lines: Sequence[str]) -> None:
    sheet.title = ABOUT
    sheet.column_dimensions["A"].width = _ABOUT_WIDTH
    for number, line in enumerate(lines, start=1):
        _write(sheet, number, 1, line)
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True)


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: Rows, name: str) -> None:
    sheet.freeze_panes = "B2"
    for place, column in enumerate(columns, start=1):
        _head(sheet, place, column)
    for number, row in enumerate(rows[name], start=1):
        for place, text in enumerate(row, start=1):
            _write(sheet, number, place, text)


def _head(sheet: Worksheet, place: int, column: Column) -> None:
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = _WIDTH
    sheet.column_dimensions[letter].number_format = _AS_TEXT
    head = sheet.cell(1, place)
    head.font, head.fill = Font(bold=True), _HEADER_FILL
    head.comment = Comment(column.note, _AUTHOR)
    if column.words and not column.is_list:
        words = ",".join(column.words)
        check = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
        check.errorTitle, check.error = column.header, column.note
        check.promptTitle, check.prompt = column.header, column.note
        check.add(f"{letter}2:{letter}{_ROWS_CHECKED}")
        sheet.add_data_validation(check)


def _write(sheet: Worksheet, number: int, place: int, text: str) -> None:
    """Write a text; never a formula, whatever it begins with, nor a number or day that changes."""
    if text:
        cell = sheet.cell(number, place, text)
        cell.data_type, cell.number_format = "s", _AS_TEXT
