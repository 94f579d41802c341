from collections.abc import Mapping
from datetime import date
from io import BytesIO

import pytest

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.candidates import Candidate, NotAwarded, prepare
from creditbank.outcomes.batches.mapping import load_mapping
from creditbank.outcomes.batches.rows import RawRow, RowProblem, read_rows
from creditbank.outcomes.posting import PostedOutcome

MAPPING = """
format: creditbank/import-mapping/v1
name: chain
version: "1"
tables:
  courses: {file: courses, key: [id], columns: [code]}
  classes: {file: classes, key: [class], columns: [code], join: {table: courses, on: [course]}}
  items:
    file: items
    key: [item]
    columns: [code, kind, max]
    join: {table: classes, on: [class]}
only_where:
  - source: {table: items, key: [item], column: kind}
    values: [final]
fields:
  learner: {column: learner}
  course: {table: items, key: [item], column: code}
  term: {constant: T}
  result: {constant: Pass}
  grade: {constant: "9"}
  grade_scale: {table: items, key: [item], column: max, values: {"100": percent}}
  credits: {constant: "1"}
  awarded_on: {constant: "2024"}
"""
FILES: Mapping[str, bytes] = {
    "courses": b"id,code\nc1,BBB\n",
    "classes": b"class,course\nk1,c1\n",
    "items": b"item,class,kind,max\ni1,k1,final,100\ni2,k1,homework,100\ni3,k1,final,20\n",
}


def candidates(rows: bytes, text: str = MAPPING) -> list[Candidate]:
    """Evaluate rows."""
    mapping = load_mapping(text)
    today = date(2026, 1, 1)
    evaluator = prepare(mapping, lambda name: BytesIO(FILES[name]), today=today, catalogue={})
    read = read_rows(BytesIO(b"learner,item\n" + rows), mapping)
    return [evaluator.candidate(row) for row in read if isinstance(row, RawRow)]


def test_tables_joined_in_a_row_lead_to_the_far_column() -> None:
    """From line item to class to course, as information systems keep them."""
    (posted,) = candidates(b"7,i1\n")
    assert isinstance(posted, PostedOutcome)
    assert (posted.course, posted.grade_scale) == ("BBB", "percent")


def test_a_row_that_is_no_result_by_its_condition_is_not_awarded() -> None:
    """It is valid all the same, so whose it is must be told."""
    (homework, nobody) = candidates(b"7,i2\n,i2\n")
    assert isinstance(homework, NotAwarded)
    assert isinstance(nobody, RowProblem)


def test_what_cannot_be_looked_up_or_translated_is_named() -> None:
    """With the field that it is for."""
    (missing, other) = candidates(b"7,i9\n7,i3\n")
    assert isinstance(missing, RowProblem)
    assert {one.code for one in missing.problems} == {"lookup-missing"}
    assert isinstance(other, RowProblem)
    assert [(one.field, one.code) for one in other.problems] == [
        ("grade_scale", "value-not-listed")
    ]
    blind = MAPPING.replace("{table: items, key: [item], column: code}", "{constant: BBB}")
    blind = blind.replace('  grade: {constant: "9"}\n', "").replace(
        '  grade_scale: {table: items, key: [item], column: max, values: {"100": percent}}\n', ""
    )
    (only,) = candidates(b"7,i9\n", blind)
    assert isinstance(only, RowProblem)
    assert [one.field for one in only.problems] == ["only_where"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("columns: [code]}", "columns: [code], join: {table: items, on: [x]}}", "circular"),
        ("column: kind}", "column: sort}", "table-column-unknown"),
        ("percent}", "not_awarded}", "mapping-not-awarded-elsewhere"),
    ],
)
def test_a_chain_that_leads_nowhere_or_back_is_refused(old: str, new: str, code: str) -> None:
    """Before any row is read."""
    with pytest.raises(InvalidInput) as refused:
        load_mapping(MAPPING.replace(old, new, 1))
    assert any(code in problem.code for problem in refused.value.problems)
