from dataclasses import replace
from io import BytesIO

import pytest

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.lines import ROW_BYTES_MAX
from creditbank.outcomes.batches.mapping import identity_mapping
from creditbank.outcomes.batches.rows import Sheet, read_cells, read_rows

SHEET = Sheet(file="marks.csv", columns=("b", "a"), encoding="utf-8", delimiter=",")


def cells(content: bytes, sheet: Sheet = SHEET) -> list[tuple[str, ...]]:
    """Give all cells of a file."""
    return list(read_cells(BytesIO(content), sheet))


@pytest.mark.parametrize(
    "content",
    [
        b"a,b,secret\n1,2,x\n3,4,y\n",
        b"a,b,secret\r\n1,2,x\r\n3,4,y",
        b"\xef\xbb\xbfa,b,secret\n1,2,x\n3,4,y\n",
        b'\n"a",b,secret\n\n"1","2",x\n3,4,y\n\n\n',
    ],
)
def test_cells_are_picked_by_column_whatever_the_line_ends_and_marks(content: bytes) -> None:
    """In the order asked for; other columns are not kept, empty lines hold no row."""
    assert cells(content) == [("2", "1"), ("4", "3")]


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_breaks() -> None:
    """As RFC 4180 section 2 has it."""
    assert cells(b'a,b\n"1,""x""\r\ny",2\n') == [("2", '1,"x"\r\ny')]


def test_a_file_is_read_in_its_declared_encoding() -> None:
    """Chinese offices write GB18030."""
    sheet = replace(SHEET, encoding="gb18030", columns=("成绩",))
    assert cells("姓名,成绩\n丂,合格\n".encode("gb18030"), sheet) == [("合格",)]


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        (b"", "file-empty", {"row": 0}),
        (b"\n\n", "file-empty", {"row": 0}),
        (b"a,b\n1,2\n3,\xff4\n", "file-encoding-wrong", {"row": 2, "byte": 10}),
        (b"\xef\xbb\xbfa,b\n1,\xff\n", "file-encoding-wrong", {"row": 1, "byte": 9}),
        (b"\xffa,b\n", "file-encoding-wrong", {"row": 0, "byte": 0}),
        (b"a,b\n1,2\n3,\x004\n", "file-nul-byte", {"row": 2, "byte": 10}),
        (b'a,b\n1,2\n"3"x,4\n', "file-quoting-broken", {"row": 2, "byte": 8}),
        (b'a,b\n1,2\n"3,4\n', "file-quoting-broken", {"row": 2, "byte": 8}),
        (b"a,b\n1,2\r3,4\n", "file-quoting-broken", {"row": 1}),
        (b"a,b\n1,2\n3\n", "file-field-count", {"row": 2, "expected": 2, "found": 1}),
        (b"a,b\n1,2,3\n", "file-field-count", {"row": 1, "found": 3}),
        (b"a,c\n", "header-column-missing", {"column": "b"}),
        (b"a,b,a\n", "header-column-repeated", {"column": "a"}),
        (b"a,b\n" + b"x" * ROW_BYTES_MAX + b",2\n", "file-row-too-long", {"row": 1}),
        (b"a,b\n" + b'"\n",' * ROW_BYTES_MAX, "file-row-too-long", {"row": 1}),
        (b'a,b\n"' + b"x" * 200_000 + b'",2\n', "file-quoting-broken", {"row": 1}),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(
    content: bytes, code: str, facts: dict[str, object]
) -> None:
    """The row counts data rows from 1, the byte from the start of the file."""
    with pytest.raises(InvalidInput) as refused:
        cells(content)
    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == ("marks.csv", code)
    assert facts.items() <= problem.facts.items()


def test_without_a_mapping_a_column_that_is_no_field_is_refused() -> None:
    """A misspelt header would otherwise silently lose a column."""
    with pytest.raises(InvalidInput) as refused:
        list(read_rows(BytesIO(b"course,term,result,awarded_on,grades\n"), identity_mapping()))
    (problem,) = refused.value.problems
    assert (problem.code, problem.facts["column"]) == ("header-column-unknown", "grades")


def test_without_a_mapping_columns_that_are_absent_are_empty() -> None:
    """Only what every posting states must be there."""
    content = b"result,term,course,awarded_on,learner\nPass,T,B,2024,7\n"
    (row,) = read_rows(BytesIO(content), identity_mapping())
    stated = dict(zip(identity_mapping().columns, row.cells, strict=True))
    assert row.number == 1
    assert {name for name, text in stated.items() if text} == {
        "result",
        "term",
        "course",
        "awarded_on",
        "learner",
    }
