"""The file of what a school entered 入册 (CSV): the exported sheet with its last columns filled in.

It is read in UTF-8 or GB18030, columns in any order; those that the bank wrote are passed over but
for the application's id. A row without an answer is not decided yet. One application may have
several rows, one a place; they are answered alike.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from creditbank.applications.enter import Confirmation
from creditbank.applications.status import DeclineReason, Verdict
from creditbank.conversion.days import read_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.encodings import find_encoding
from creditbank.outcomes.batches.rows import unguard
from creditbank.outcomes.batches.written_dates import plain_date

APPLICATION = "计入编号"
VERDICT, ENTERED_ON, REASON, TEXT = "入册结果", "入册日期", "原因", "原因说明"
COLUMNS = (APPLICATION, VERDICT, ENTERED_ON, REASON, TEXT)
ROWS_MAX = 20_000

VERDICT_WORDS: Mapping[str, Verdict] = MappingProxyType(
    {"已入册": Verdict.ENTERED, "不予入册": Verdict.DECLINED}
)
REASON_WORDS: Mapping[str, DeclineReason] = MappingProxyType(
    {
        "已修读合格": DeclineReason.ALREADY_PASSED,
        "培养方案已调整": DeclineReason.PLAN_CHANGED,
        "不在籍": DeclineReason.NOT_ENROLLED,
        "信息有误": DeclineReason.RECORD_WRONG,
        "其他": DeclineReason.OTHER,
    }
)
_FIELDS = {"on": ENTERED_ON, "reason": REASON, "text": TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """One row that is refused, by its number from 1 under the header, with every reason."""

    number: int
    problems: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRow:
    """The rows of one application with the school's answer; None where they have none yet."""

    numbers: tuple[int, ...]
    application_id: str
    confirmation: Confirmation | None


def read_entries(content: bytes, today: date) -> list[AnsweredRow | RefusedRow]:
    """Read the rows; raises `InvalidInput` where the file as such is not readable.

    Its codes: "file-empty", "header-column-missing", "field-wrong", "file-too-long".
    """
    header, *lines = _read(content)
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
    rows: list[_Row] = []
    refused: list[RefusedRow] = []
    broken: set[str] = set()
    for number, line in enumerate(lines, start=1):
        cells = {name: line[at].strip() if at < len(line) else "" for name, at in places.items()}
        try:
            rows.append(_Row(number, cells[APPLICATION], _confirmation(cells, today)))
        except InvalidInput as error:
            refused.append(RefusedRow(number=number, problems=error.problems))
            broken.add(cells[APPLICATION])
    return [*_together(rows, broken), *refused]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    application_id: str
    confirmation: Confirmation | None


def _together(rows: list[_Row], broken: Collection[str]) -> Iterator[AnsweredRow | RefusedRow]:
    """Put the rows of one application together; those that contradict each other are refused.

    So are answers beside a row of the same application that cannot be read.
    """
    by_application: dict[str, list[_Row]] = {}
    for row in rows:
        by_application.setdefault(row.application_id, []).append(row)
    for application_id, some in by_application.items():
        answers = {one.confirmation for one in some}
        if len(answers) == 1 and (application_id not in broken or answers == {None}):
            yield AnsweredRow(
                numbers=tuple(one.number for one in some),
                application_id=application_id,
                confirmation=answers.pop(),
            )
            continue
        problem = FieldProblem(field=VERDICT, code="application-rows-differ")
        for one in some:
            yield RefusedRow(number=one.number, problems=(problem,))


def _confirmation(cells: Mapping[str, str], today: date) -> Confirmation | None:
    """Read the answer of a row; raises `InvalidInput` by column."""
    if not cells[APPLICATION]:
        raise InvalidInput([FieldProblem(field=APPLICATION, code="field-missing")])
    if not any(cells[name] for name in COLUMNS[1:]):
        return None
    problems: list[FieldProblem] = []
    verdict = _word(VERDICT, cells, VERDICT_WORDS, problems)
    reason = _word(REASON, cells, REASON_WORDS, problems) if cells[REASON] else None
    on = _day(cells[ENTERED_ON], problems)
    if verdict is None or on is None or problems:
        raise InvalidInput(problems)
    said = Confirmation(verdict=verdict, on=on, reason=reason, text=cells[TEXT] or None)
    try:
        said.require_sound(today)
    except InvalidInput as error:
        raise InvalidInput(
            [
                FieldProblem(field=_FIELDS[one.field], code=one.code, facts=one.facts)
                for one in error.problems
            ]
        ) from None
    return said


_WordT = TypeVar("_WordT", Verdict, DeclineReason)


def _word(
    name: str,
    cells: Mapping[str, str],
    words: Mapping[str, _WordT],
    problems: list[FieldProblem],
) -> _WordT | None:
    """Read a word of a column, or the code that stands for it."""
    codes = {one.value: one for one in words.values()}
    found = words.get(cells[name]) or codes.get(cells[name])
    if found is None:
        code = "status-unknown" if cells[name] else "field-missing"
        facts = {"known": tuple(words)} if cells[name] else {}
        problems.append(FieldProblem(field=name, code=code, facts=facts))
    return found


def _day(text: str, problems: list[FieldProblem]) -> date | None:
    try:
        return read_day(plain_date(text))
    except ValueError:
        code = "date-unreadable" if text else "field-missing"
        problems.append(FieldProblem(field=ENTERED_ON, code=code))
        return None


def _read(content: bytes) -> list[list[str]]:
    encoding = find_encoding(lambda: io.BytesIO(content))
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        raise _file_problem("text-not-utf-8") from None
    except csv.Error as error:
        raise _file_problem("field-wrong", reason=str(error)) from None
    found = [list(unguard(tuple(row))) for row in rows if any(row)]
    if not found:
        raise _file_problem("file-empty")
    return found


def _file_problem(code: str, **facts: str | int) -> InvalidInput:
    return InvalidInput([FieldProblem(field="file", code=code, facts=facts)])
