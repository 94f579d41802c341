import io
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches import workbooks
from creditbank.outcomes.batches.cell_words import sources_of
from creditbank.outcomes.batches.cells import read_workbook
from creditbank.outcomes.batches.mapping import identity_mapping, mapping_of_columns
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from tests.fixtures.workbooks import rewritten, saved, workbook

SHEET = "xl/worksheets/sheet1.xml"
NAMES = ("学号", "课程代码", "学期", "结果", "学分", "获得日期")
FIELDS = ("learner", "course", "term", "result", "credits", "awarded_on")
COLUMNS = sources_of(dict(zip(FIELDS, NAMES, strict=True)))
MAPPING = mapping_of_columns(COLUMNS)
ROW: tuple[object, ...] = (20230001, "BBB", "2014B", "合格", 2.5, date(2014, 9, 23))


def read(content: bytes, mapping: Any = MAPPING) -> list[RawRow | RowProblem]:
    """Read a workbook to its end."""
    return list(read_workbook(io.BytesIO(content), mapping))


def refused(content: bytes, mapping: Any = MAPPING) -> str:
    """Give the code with which a workbook is refused."""
    with pytest.raises(InvalidInput) as refusal:
        read(content, mapping)
    return refusal.value.problems[0].code


def test_cells_become_the_text_that_the_clerk_sees() -> None:
    """Whole numbers have no .0, days are ISO days, nothing else is touched; empty rows are none."""
    rows = read(workbook([NAMES, ROW, (), (*ROW[:4], 0.1 + 0.2, datetime(2014, 9, 23, 8))]))  # noqa: DTZ001 - a cell has no zone
    assert rows == [
        RawRow(number=1, cells=("20230001", "BBB", "2014B", "合格", "2.5", "2014-09-23")),
        RawRow(number=2, cells=("20230001", "BBB", "2014B", "合格", "0.3", "2014-09-23 08:00:00")),
    ]


@pytest.mark.parametrize(
    ("place", "cell", "code"),
    [
        (0, 310105199001011234, "number-cell-damaged"),
        (0, date(2024, 1, 1), "code-turned-into-date"),
        (1, date(2024, 1, 1), "code-turned-into-date"),
        (3, True, "cell-boolean"),
        (5, time(8), "cell-time"),
    ],
)
def test_a_cell_that_lost_something_refuses_its_row(place: int, cell: object, code: str) -> None:
    """The row is told by column, and keeps its cells for the clerk to mend."""
    row = [*ROW]
    row[place] = cell
    (problem,) = read(workbook([NAMES, row]))
    assert isinstance(problem, RowProblem)
    assert [(one.field, one.code) for one in problem.problems] == [(NAMES[place], code)]
    assert len(problem.cells) == len(NAMES)


def test_an_error_is_its_text_and_a_formula_its_stored_value() -> None:
    """The reader would give both as empty cells; an error would be lost silently."""
    content = workbook([NAMES, (*ROW[:4], "=1/0", ROW[5]), (*ROW[:4], "=1+1", ROW[5])])
    content = rewritten(
        content,
        SHEET,
        # openpyxl writes an empty element in two ways, by whether lxml is there.
        lambda data: (
            re.sub(rb"<v></v>|<v/>", b"<v />", data)
            .replace(b'<c r="E2"><f>1/0</f><v />', b'<c t="e" r="E2"><f>1/0</f><v>#DIV/0!</v>')
            .replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
        ),
    )
    assert [row.cells[4] for row in read(content)] == ["#DIV/0!", "2"]


def test_the_first_visible_sheet_with_anything_in_it_is_read_or_the_named_one() -> None:
    """A cover sheet without content and a hidden list of choices are passed over."""
    book = Workbook()
    book.create_sheet("选项").append(["不"])
    book["选项"].sheet_state = "hidden"
    for name in ("成绩", "其他"):
        for row in (NAMES, (name, *ROW[1:])):
            book.create_sheet(name) if name not in book.sheetnames else None
            book[name].append(row)
    content = saved(book)
    assert [row.cells[0] for row in read(content)] == ["成绩"]
    named = mapping_of_columns(COLUMNS, sheet="其他")
    assert [row.cells[0] for row in read(content, named)] == ["其他"]
    missing = mapping_of_columns(COLUMNS, sheet="无")
    assert refused(content, missing) == "workbook-sheet-missing"


def test_what_stands_beyond_the_header_refuses_its_row() -> None:
    """A value without a column's name would be lost."""
    (problem,) = read(workbook([NAMES, (*ROW, "备注")]))
    assert isinstance(problem, RowProblem)
    assert [one.code for one in problem.problems] == ["cell-beyond-header"]


def test_an_empty_workbook_and_a_header_that_does_not_fit_are_refused() -> None:
    """As for CSV."""
    assert refused(workbook([])) == "file-empty"
    assert refused(workbook([NAMES]), identity_mapping()) == "header-column-missing"


def test_what_is_no_workbook_is_refused() -> None:
    """Also a zip file of other things, one that is cut, and one with entities."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("a.xml", "<a/>")
    good = workbook([NAMES, ROW])
    for content in (b"", b"PK\3\4", good[:-200], other.getvalue()):
        assert refused(content) == "workbook-unreadable", len(content)


def test_bombs_are_stopped_before_they_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that unpack without end, even where the file lies of their size, and one far cell."""
    good = workbook([NAMES, ROW])
    far = rewritten(good, SHEET, lambda data: data.replace(b'r="F2"', b'r="XFD1048576"'))
    assert refused(far) == "workbook-too-large"
    monkeypatch.setattr(workbooks, "UNPACKED_BYTES_MAX", 1 << 20)
    bomb = rewritten(good, SHEET, lambda data: data + b" " * (4 << 20))
    size = (len(zipfile.ZipFile(io.BytesIO(bomb)).read(SHEET))).to_bytes(4, "little")
    assert refused(bomb) == "workbook-too-large"
    assert size in bomb
    assert refused(bomb.replace(size, (9).to_bytes(4, "little"))) == "workbook-too-large"
    monkeypatch.setattr(workbooks, "PACKED_BYTES_MAX", 1 << 10)
    assert refused(good) == "workbook-too-large"


def test_entities_are_not_expanded() -> None:
    """A workbook whose text multiplies itself is refused or read as it stands, and small."""
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    content = rewritten(
        workbook([NAMES, ROW]),
        SHEET,
        lambda data: entities + data.replace("合格".encode(), b"&b;"),
    )
    try:
        rows = read(content)
    except InvalidInput:
        return
    assert all("aaaa" not in cell for row in rows for cell in row.cells)
