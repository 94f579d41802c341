"""The other files of a mapping, each read once and reduced to what rows will ask for."""

from collections.abc import Callable, Iterator, Mapping, Sized
from pathlib import Path
from typing import BinaryIO

from creditbank.conversion.amounts import AmountError, parse_scaled, print_scaled
from creditbank.errors import Fact, FieldProblem, InvalidInput
from creditbank.outcomes.batches.mapping import ImportMapping
from creditbank.outcomes.batches.rows import Cells, Sheet, picker, read_cells
from creditbank.outcomes.batches.sources import Mean, Table
from creditbank.outcomes.batches.unpack import open_unpacked

OpenTable = Callable[[str], BinaryIO]

KEYS_MAX = 1_000_000
"""The most keys of one table that are held in memory."""

_MEAN_PLACES = 2
_TERM_PLACES = 3


def open_table_in(
    directory: Path, open_file: Callable[[Path], BinaryIO] = open_unpacked
) -> OpenTable:
    """Make the opener of a folder's files; where `foo.csv` is absent, `foo.csv.gz` is read."""

    def open_table(file: str) -> BinaryIO:
        for path in (directory / file, directory / f"{file}.gz"):
            if path.is_file():
                return open_file(path)
        raise InvalidInput([FieldProblem(field=file, code="table-file-missing")])

    return open_table


class Tables:
    """The tables of a mapping, loaded when first asked for.

    Beside what `read_cells` refuses, they raise `InvalidInput` that names file and row:
    `table-key-repeated`, `table-join-missing`, `table-too-large`, and the codes of amounts.
    """

    def __init__(self, mapping: ImportMapping, open_table: OpenTable) -> None:
        self._mapping = mapping
        self._open_table = open_table
        self._lookups: dict[str, Mapping[Cells, Cells]] = {}

    def lookup(self, name: str) -> Mapping[Cells, Cells]:
        """Give a table's declared columns by its key, which must not repeat."""
        if name not in self._lookups:
            self._lookups[name] = self._load(self._mapping.tables[name])
        return self._lookups[name]

    def weighted_means(self, mean: Mean) -> dict[Cells, str]:
        """Give Σ weight·value / Σ weight by key, as a decimal string rounded half up to 1/100.

        Rows without a value or with weight 0 are left out; a key with no row left has no mean.
        """
        table = self._mapping.tables[mean.table]
        terms = _Terms(table.file)
        sums: dict[Cells, tuple[int, int]] = {}
        rows = self._rows(table, (*table.key, mean.value, mean.weight))
        for number, (*key_cells, value_text, weight_text) in enumerate(rows, start=1):
            if not value_text:
                continue
            value = terms.read(value_text, mean.value, number)
            weight = terms.read(weight_text, mean.weight, number)
            if weight:
                key = tuple(key_cells)
                total, weights = sums.get(key, (0, 0))
                sums[key] = (total + weight * value, weights + weight)
                _require_room(sums, table.file, number)
        return {key: rounded_mean(*both) for key, both in sums.items()}

    def _load(self, table: Table) -> Mapping[Cells, Cells]:
        key_length = len(table.key)
        found: dict[Cells, Cells] = {}
        for number, row in enumerate(self._rows(table, (*table.key, *table.columns)), start=1):
            key = row[:key_length]
            if key in found:
                raise _table_problem(table.file, "table-key-repeated", row=number)
            found[key] = row[key_length:]
            _require_room(found, table.file, number)
        return found

    def _rows(self, table: Table, wanted: Cells) -> Iterator[Cells]:
        """Give the wanted cells of each row; a column that the joined table has is taken there."""
        join = table.join
        if join is None:
            yield from self._read(table.file, wanted)
            return
        joined_columns = self._mapping.tables[join.table].columns
        joined = self.lookup(join.table)
        own = dict.fromkeys([*join.on, *(one for one in wanted if one not in joined_columns)])
        combined = [*own, *joined_columns]
        on = picker([combined.index(name) for name in join.on])
        pick = picker(
            [
                len(own) + joined_columns.index(name)
                if name in joined_columns
                else combined.index(name)
                for name in wanted
            ]
        )
        for number, cells in enumerate(self._read(table.file, tuple(own)), start=1):
            far = joined.get(on(cells))
            if far is None:
                raise _table_problem(table.file, "table-join-missing", row=number)
            yield pick(cells + far)

    def _read(self, file: str, columns: Cells) -> Iterator[Cells]:
        sheet = Sheet(
            file=file,
            columns=columns,
            encoding=self._mapping.encoding,
            delimiter=self._mapping.delimiter,
        )
        with self._open_table(file) as stream:
            yield from read_cells(stream, sheet)


class _Terms:
    """Values and weights in 1/1000; a table repeats few texts often, so each is read once."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._known: dict[str, int] = {}

    def read(self, text: str, column: str, row: int) -> int:
        known = self._known.get(text)
        if known is None:
            try:
                known = parse_scaled(text, _TERM_PLACES)
            except AmountError as error:
                raise _table_problem(self._file, error.code, row=row, column=column) from None
            self._known[text] = known
        return known


def rounded_mean(total: int, weights: int) -> str:
    """Divide Σ weight·value by Σ weight, both of terms in 1/1000, half up to 1/100."""
    divisor = weights * 10 ** (_TERM_PLACES - _MEAN_PLACES)
    return print_scaled((2 * total + divisor) // (2 * divisor), _MEAN_PLACES)


def _require_room(held: Sized, file: str, row: int) -> None:
    if len(held) > KEYS_MAX:
        raise _table_problem(file, "table-too-large", row=row, keys_max=KEYS_MAX)


def _table_problem(file: str, code: str, **facts: Fact) -> InvalidInput:
    return InvalidInput([FieldProblem(field=file, code=code, facts=facts)])
