"""A file of enrolments 学籍 (CSV, UTF-8): one row a learner, read strictly, each row on its own."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from creditbank.conversion.days import read_day
from creditbank.errors import FieldProblem, InvalidInput

COLUMNS = (
    "learner",
    "programme",
    "programme_version",
    "student_number",
    "state",
    "from",
    "until",
)
"""The header. `learner` is the school's own learner number; `until` may be empty."""

ROWS_MAX = 50_000
TEXT_LENGTH_MAX = 64


class EnrolmentState(StrEnum):
    """How an enrolment stands."""

    ACTIVE = "active"  # 在籍
    SUSPENDED = "suspended"  # 休学
    GRADUATED = "graduated"  # 毕业
    WITHDRAWN = "withdrawn"  # 退学
    ENDED = "ended"  # 结业


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentLine:
    """One well-formed row, numbered from 1; days are YYYY-MM-DD, both inclusive."""

    number: int
    learner: str
    programme: str
    programme_version: str
    student_number: str
    state: EnrolmentState
    from_day: str
    until_day: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """One row that is refused, with every reason."""

    number: int
    problems: tuple[FieldProblem, ...]


def read_enrolments(text: str) -> list[EnrolmentLine | RefusedLine]:
    """Read the rows; raises `InvalidInput` where the file as such is not readable.

    Its codes: "file-empty", "header-column-missing", "field-wrong", "file-too-long".
    """
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise _file_problem("field-wrong", reason=str(error)) from None
    rows = [row for row in rows if row]
    if not rows:
        raise _file_problem("file-empty")
    header, *lines = rows
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InvalidInput(
            [
                FieldProblem(field="file", code="header-column-missing", facts={"column": name})
                for name in missing
            ]
        )
    if len(lines) > ROWS_MAX:
        raise _file_problem("file-too-long", rows_max=ROWS_MAX)
    places = {name: header.index(name) for name in COLUMNS}
    return [_line(number, row, places) for number, row in enumerate(lines, start=1)]


def _line(number: int, row: list[str], places: dict[str, int]) -> EnrolmentLine | RefusedLine:
    cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
    problems = tuple(_problems(cells))
    if problems:
        return RefusedLine(number=number, problems=problems)
    return EnrolmentLine(
        number=number,
        learner=cells["learner"],
        programme=cells["programme"],
        programme_version=cells["programme_version"],
        student_number=cells["student_number"],
        state=EnrolmentState(cells["state"]),
        from_day=cells["from"],
        until_day=cells["until"] or None,
    )


def _problems(cells: dict[str, str]) -> Iterator[FieldProblem]:
    for name in COLUMNS:
        text = cells[name]
        if not text:
            if name != "until":
                yield FieldProblem(field=name, code="field-missing")
        elif len(text) > TEXT_LENGTH_MAX:
            facts = {"length_max": TEXT_LENGTH_MAX}
            yield FieldProblem(field=name, code="text-too-long", facts=facts)
        elif not text.isprintable():
            yield FieldProblem(field=name, code="text-control-character")
        elif name in {"from", "until"} and not _is_day(text):
            yield FieldProblem(field=name, code="date-unreadable")
    known = tuple(state.value for state in EnrolmentState)
    if cells["state"] and cells["state"] not in known:
        yield FieldProblem(field="state", code="status-unknown", facts={"known": known})
    if cells["until"] and _is_day(cells["until"]) and cells["until"] < cells["from"]:
        yield FieldProblem(field="until", code="days-reversed")


def _is_day(text: str) -> bool:
    try:
        read_day(text)
    except ValueError:
        return False
    return True


def _file_problem(code: str, **facts: str | int | tuple[str, ...]) -> InvalidInput:
    return InvalidInput([FieldProblem(field="file", code=code, facts=facts)])
