"""The other files of a mapping, read once: only named columns, reduced as soon as they can be."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from creditbank.conversion.amounts import Grade
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.mapping import ImportMapping, Lookup, Table, WeightedMean
from creditbank.outcomes.batches.rows import CsvFile, broken

OpenTable = Callable[[str], BinaryIO]
Key = tuple[str, ...]

_WEIGHT_PLACES = 6


def read_lookup(mapping: ImportMapping, lookup: Lookup, open_table: OpenTable) -> dict[Key, str]:
    """Read one column of a table by its key columns; raises `InvalidInput` for a doubled key."""
    found: dict[Key, str] = {}
    columns = [*lookup.match, lookup.take]
    for number, values in _rows(mapping, lookup.table, columns, open_table):
        *key, taken = values
        if found.setdefault(tuple(key), taken) != taken:
            raise broken(number, "table-key-doubled", table=lookup.table)
    return found


def read_means(mapping: ImportMapping, mean: WeightedMean, open_table: OpenTable) -> dict[Key, str]:
    """Reduce a table to one weighted mean a key, exact, half up to 1/100, as decimal text.

    Only two integers a key are held while reading, however many rows there are.
    """
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    columns = [*mean.match, mean.value, mean.weight]
    exact = _Exact()
    for number, values in _rows(mapping, mean.table, columns, open_table):
        *key, value, weight = values
        if not value or not weight:
            continue
        try:
            scaled = exact.parse(weight)
            if scaled:
                total = sums[tuple(key)]
                total[0] += scaled * exact.parse(value)
                total[1] += scaled
        except ValueError:
            raise broken(number, "table-number-wrong", table=mean.table) from None
    return {key: str(_rounded(total, weights)) for key, (total, weights) in sums.items()}


class _Exact:
    """Reads decimal texts as integers of 10^-6; a file repeats few texts, so each is read once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def parse(self, text: str) -> int:
        """Read a decimal text without sign; raises `ValueError`."""
        if text not in self._known:
            whole, _, fraction = text.partition(".")
            digits = whole + fraction.ljust(_WEIGHT_PLACES, "0")
            if len(fraction) > _WEIGHT_PLACES or not (digits.isascii() and digits.isdigit()):
                raise ValueError(text)
            self._known[text] = int(digits)
        return self._known[text]


def _rounded(total: int, weights: int) -> Grade:
    """Divide a sum of weight·value (10^-12) by weights (10^-6), half up to 1/100."""
    unit = 10 ** (_WEIGHT_PLACES - 2) * weights
    return Grade((2 * total + unit) // (2 * unit))


def _rows(
    mapping: ImportMapping, name: str, columns: Sequence[str], open_table: OpenTable
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Read these columns of a table, those of its joined table among them."""
    table = mapping.tables[name]
    file = _file(mapping, table, open_table)
    own = set(file.header())
    borrowed = [column for column in columns if column not in own]
    joined = _joined(mapping, table, borrowed, open_table)
    plain = [column for column in columns if column in own]
    keys = list(table.join.by) if table.join else []
    for row in file.rows([*plain, *keys]):
        texts = dict(zip(plain, row.values, strict=False))
        others = joined.get(row.values[len(plain) :])
        if borrowed and others is None:
            raise broken(row.number, "table-join-missing", table=name)
        texts.update(zip(borrowed, others or (), strict=False))
        yield row.number, tuple(texts[column] for column in columns)


def _joined(
    mapping: ImportMapping, table: Table, borrowed: Sequence[str], open_table: OpenTable
) -> Mapping[Key, tuple[str, ...]]:
    if not borrowed:
        return {}
    if table.join is None:
        raise InvalidInput(
            [FieldProblem(field=f"{table.file}:{one}", code="column-missing") for one in borrowed]
        )
    other = mapping.tables[table.join.table]
    keys = list(table.join.by.values())
    rows = _file(mapping, other, open_table).rows([*keys, *borrowed])
    return {row.values[: len(keys)]: row.values[len(keys) :] for row in rows}


def _file(mapping: ImportMapping, table: Table, open_table: OpenTable) -> CsvFile:
    return CsvFile(
        open=lambda: open_table(table.file),
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
    )
