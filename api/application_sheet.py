"""The sheet of what a school has to enter 入册 (CSV), one row a place, and its confirmed file."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from api.batch_reports import BYTE_ORDER_MARK
from creditbank.applications.entries_file import APPLICATION, ENTERED_ON, REASON, TEXT, VERDICT
from creditbank.conversion.amounts import Credits
from creditbank.credits.to_enter import ToEnter
from creditbank.outcomes.batches.rows import guard_cell

COLUMNS = (
    "学号",
    "姓名",
    "专业代码",
    "培养方案版本",
    "目标课程",
    "课程模块",
    "计入学分",
    "记载成绩",
    "转换编号",
    "规则",
    "规则版本",
    APPLICATION,
    VERDICT,
    ENTERED_ON,
    REASON,
    TEXT,
)


def sheet(applications: Iterable[ToEnter]) -> Iterator[str]:
    """Write the sheet; its last four columns are for the school's answer.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for one in applications:
        for place in one.places:
            cells = (
                one.student_number or "",
                one.name or "",
                one.programme.code,
                one.programme.version,
                place.part.target,
                place.part.category or "",
                str(Credits(milli=place.part.credits)),
                place.grade or "",
                one.conversion.id,
                one.conversion.rule_id,
                one.conversion.rule_version,
                one.application.id,
                *[""] * 4,
            )
            yield _line([guard_cell(cell) for cell in cells])


def _line(cells: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()
