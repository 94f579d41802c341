"""The wrong rows of a file as pages show them: by kind, and page by page with column and value."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from api.web.page import Page
from api.web.page_numbers import page_number, pages_of
from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.headers import best_header
from creditbank.outcomes.batches.settle import RefusedRow
from creditbank.outcomes.texts import LENGTHS

PAGE_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong with a row; the column is empty where it is the whole row."""

    row: int
    column: str
    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is wrong in the same way, with how often; the words are those of its first row."""

    key: str
    column: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRows:
    """One page of what is wrong, and every kind of it, the most frequent first."""

    lines: Sequence[Wrong]
    kinds: Sequence[Kind]
    chosen: str
    at: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """The refused rows of one file, read anew each time, and where its fields stand in it."""

    rows: Callable[[], Iterator[RefusedRow]]
    columns: Sequence[str]
    field_columns: Mapping[str, str]

    def page(self, page: Page, kind: str, at: str) -> WrongRows:
        """Give a page of what is wrong, of one kind where one is chosen."""
        counts: Counter[str] = Counter()
        first: dict[str, FieldProblem] = {}
        for _, problem in self._problems():
            key = _kind(problem)
            counts[key] += 1
            first.setdefault(key, problem)
        chosen = kind if kind in counts else ""
        total = counts[chosen] if chosen else counts.total()
        pages = pages_of(total, PAGE_LINES)
        number = page_number(at, pages)
        return WrongRows(
            lines=[self._line(row, one, page) for row, one in self._some(chosen, number)],
            kinds=[
                Kind(
                    key=key,
                    column=self._column(first[key], page),
                    words=_words(first[key], page),
                    count=count,
                    is_chosen=key == chosen,
                )
                for key, count in counts.most_common()
            ],
            chosen=chosen,
            at=number,
            of=pages,
        )

    def _problems(self) -> Iterator[tuple[RefusedRow, FieldProblem]]:
        for row in self.rows():
            for problem in row.problems:
                yield row, problem

    def _some(self, kind: str, number: int) -> Iterator[tuple[RefusedRow, FieldProblem]]:
        wanted = (one for one in self._problems() if kind in {"", _kind(one[1])})
        start = (number - 1) * PAGE_LINES
        return islice(wanted, start, start + PAGE_LINES)

    def _line(self, row: RefusedRow, problem: FieldProblem, page: Page) -> Wrong:
        return Wrong(
            row=row.row_number,
            column=self._column(problem, page),
            value=self._value(row, problem),
            words=_words(problem, page),
        )

    def _column(self, problem: FieldProblem, page: Page) -> str:
        """Give the file's own name of a column, or else the one by which a field is known."""
        field = problem.field
        if field in self.field_columns:
            return self.field_columns[field]
        return best_header(field) if field in LENGTHS and page.language == "zh" else field

    def _value(self, row: RefusedRow, problem: FieldProblem) -> str:
        column = self.field_columns.get(problem.field, problem.field)
        cells = dict(zip(self.columns, row.cells, strict=False))
        return cells.get(column, "")


def _kind(problem: FieldProblem) -> str:
    return f"{problem.field}~{problem.code}"


def _words(problem: FieldProblem, page: Page) -> str:
    return str(page.problems.field(problem, page.language)["detail"])
