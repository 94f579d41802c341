"""Numbers that a spreadsheet may have shortened: taken for amounts, they lose their first zeros.

A number alone does not show it; among others of its column it stands out. It is remarked upon, and
never refused or repaired: a provider's numbers may well differ in length.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from creditbank.errors import Fact, FieldProblem
from creditbank.outcomes.batches.mapping import ImportMapping
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.batches.sources import Column

_WATCHED = ("learner", "certificate_number")
_SHOWN_MAX = 10
_DIGITS_MIN = 4
"""Shorter numbers are counted from 1 on, and never had zeros."""


@dataclass(slots=True)
class _Seen:
    """The lengths of one column's numbers, and the first rows that have each length."""

    counts: Counter[int] = field(default_factory=Counter)
    rows: dict[int, list[int]] = field(default_factory=dict)

    def add(self, row: int, text: str) -> None:
        if text.isascii() and text.isdigit() and len(text) >= _DIGITS_MIN:
            self.counts[len(text)] += 1
            shown = self.rows.setdefault(len(text), [])
            if len(shown) < _SHOWN_MAX:
                shown.append(row)


class Numbers:
    """Watches the numbers of a file while its rows pass by."""

    def __init__(self, mapping: ImportMapping) -> None:
        self.rows = 0
        self._seen: Mapping[int, tuple[str, _Seen]] = {
            mapping.columns.index(source.column): (source.column, _Seen())
            for source in (mapping.fields.get(name) for name in _WATCHED)
            if isinstance(source, Column) and source.values is None
        }

    def watch(self, rows: Iterable[RawRow | RowProblem]) -> None:
        """Count the rows, and look at the numbers of those that can be read."""
        for row in rows:
            self.rows += 1
            if isinstance(row, RawRow):
                for place, (_, seen) in self._seen.items():
                    seen.add(row.number, row.cells[place])

    def remarks(self) -> Iterator[FieldProblem]:
        """Give `zeros-perhaps-lost` for each column whose fewer numbers are shorter than most."""
        for column, seen in self._seen.values():
            usual = max(seen.counts, key=lambda one: (seen.counts[one], one), default=0)
            shorter = [length for length in seen.counts if length < usual]
            if shorter:
                rows = sorted(row for length in shorter for row in seen.rows[length])
                facts: dict[str, Fact] = {
                    "usual": usual,
                    "count": sum(seen.counts[length] for length in shorter),
                    "rows": [str(row) for row in rows[:_SHOWN_MAX]],
                }
                yield FieldProblem(field=column, code="zeros-perhaps-lost", facts=facts)
