"""The rows of a filled-in sheet: which cell says what, and where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from creditbank.errors import FieldProblem
from creditbank.rules.sheets.columns import Column, sheet_form

_LETTERS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row with something in it; `places` are the columns of the sheet by their paths."""

    sheet: str
    number: int
    cells: Sequence[str]
    places: Mapping[str, int]

    def text(self, column: Column) -> str:
        """Give what its cell says; nothing where the sheet has no such column."""
        place = self.places.get(column.path)
        return "" if place is None or place >= len(self.cells) else self.cells[place].strip()

    def cell(self, path: str) -> str:
        """Name a cell as a spreadsheet does: 规则!E7; the row where there is no such column."""
        place = self.places.get(path)
        return f"{self.sheet}!{'' if place is None else _letters(place)}{self.number}"


def sheet_rows(sheet: str, grid: Sequence[Sequence[str]]) -> list[SheetRow]:
    """Give the rows below the header that have anything in them."""
    if not grid:
        return []
    paths = {one.header: one.path for one in sheet_form().sheets[sheet]}
    places = {
        paths[text.strip()]: place for place, text in enumerate(grid[0]) if text.strip() in paths
    }
    return [
        SheetRow(sheet=sheet, number=number, cells=cells, places=places)
        for number, cells in enumerate(grid[1:], start=2)
        if any(text.strip() for text in cells)
    ]


def header_problems(sheet: str, grid: Sequence[Sequence[str]]) -> Iterator[FieldProblem]:
    """Name each header that the sheet has not, and each that stands twice."""
    known = [one.header for one in sheet_form().sheets[sheet]]
    header = [text.strip() for text in (grid[0] if grid else ())]
    for place, text in enumerate(header):
        cell = f"{sheet}!{_letters(place)}1"
        if text and text not in known:
            yield FieldProblem(field=cell, code="rule-sheet-header", facts={"known": tuple(known)})
        elif text and text in header[:place]:
            yield FieldProblem(field=cell, code="field-repeated")


def _letters(place: int) -> str:
    """Give the letters of a column, counted from 0."""
    found, number = "", place + 1
    while number:
        number, letter = divmod(number - 1, _LETTERS)
        found = chr(ord("A") + letter) + found
    return found
