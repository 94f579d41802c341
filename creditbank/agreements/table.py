"""A table of agreements (CSV): its header, and each row as the fields of its form."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from creditbank.agreements.mapping import FIELDS, TableMapping, mapping_for
from creditbank.errors import FieldProblem, InvalidInput

_DELIMITERS = ",;\t"
CELL_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row, numbered from 1 without the header: its cells as they stand, and its fields.

    `is_even` is false where it has more or fewer cells than the header, or one is too long.
    """

    number: int
    cells: Sequence[str]
    fields: Mapping[str, str]
    is_even: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that is open to be read once."""

    header: Sequence[str]
    mapping: TableMapping
    lines: Iterator[list[str]]

    @classmethod
    def read(
        cls, text: str, mapping: TableMapping | None = None, form: str | None = None
    ) -> "Table":
        """Open a table with its mapping, or the shipped one that fits its header.

        Raises `InvalidInput`: "file-empty", "header-column-missing", "agreement-table-unknown".
        """
        plain = text.removeprefix("\ufeff")
        first = plain.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first.count)
        lines = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter)
        header = [one.strip() for one in next(lines, [])]
        if not any(header):
            raise InvalidInput([FieldProblem(field="file", code="file-empty")])
        found = mapping or mapping_for(header, form)
        missing = [one for one in found.columns.values() if one not in header]
        if missing:
            raise InvalidInput(
                [
                    FieldProblem(field="file", code="header-column-missing", facts={"column": one})
                    for one in missing
                ]
            )
        return cls(header=header, mapping=found, lines=lines)

    def rows(self) -> Iterator[TableRow]:
        """Give every row that is not blank."""
        places = {name: self.header.index(column) for name, column in self.mapping.columns.items()}
        needed, allowed = FIELDS[self.mapping.form]
        empty = dict.fromkeys((*needed, *allowed), "")
        for number, cells in enumerate(self._lines(), start=1):
            found = {
                name: cells[place].strip() if place < len(cells) else ""
                for name, place in places.items()
            }
            yield TableRow(
                number=number,
                cells=cells,
                fields={**empty, **self.mapping.constants, **found},
                is_even=len(cells) == len(self.header)
                and all(len(one) <= CELL_LENGTH_MAX and "\0" not in one for one in cells),
            )

    def _lines(self) -> Iterator[list[str]]:
        try:
            for cells in self.lines:
                if any(one.strip() for one in cells):
                    yield cells
        except csv.Error as error:
            facts = {"reason": str(error)}
            raise InvalidInput(
                [FieldProblem(field="file", code="field-wrong", facts=facts)]
            ) from None
