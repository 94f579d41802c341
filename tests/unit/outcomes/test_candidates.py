from datetime import date
from io import BytesIO

import pytest

from creditbank.outcomes.batches.candidates import Candidate, NotAwarded, prepare
from creditbank.outcomes.batches.mapping import load_mapping
from creditbank.outcomes.batches.rows import RowProblem, read_rows
from creditbank.outcomes.posting import PostedOutcome

MAPPING = """
format: creditbank/import-mapping/v1
name: Evening classes
version: "1"
unmapped_columns: ignore
tables:
  terms: {file: terms.csv, key: [term], columns: [start, days]}
  marks: {file: marks.csv, key: [learner], columns: [mark, weight]}
fields:
  learner: {column: number}
  learner_name: {column: name, optional: true}
  course: {column: course}
  term: {column: term}
  attempt_kind: {column: kind, values: {正考: first, 补考: resit}}
  result: {column: result, values: {合格: 合格, 不合格: not_awarded}}
  grade: {weighted_mean: {table: marks, key: [number], value: mark, weight: weight}}
  grade_scale: {constant: percent}
  credits: {catalogue: credits}
  hours: {catalogue: hours}
  awarded_on:
    date_plus_days:
      date: {table: terms, key: [term], column: start}
      days: {table: terms, key: [term], column: days}
"""
TERMS = "term,start,days\n春,2024-02-26,10\n坏,2024-02,10\n末,2024-01-01,x\n远,9999-12-31,1\n"
FILES = {
    "terms.csv": TERMS.encode(),
    "marks.csv": b"learner,mark,weight\n7,90,1\n7,81,2\n",
}
CATALOGUE = {"A": {"credits": "2", "hours": "20"}, "B": {"credits": "1"}, "C": {}}


def candidate(row: str) -> Candidate:
    """Give what one row of the file is."""
    content = f"number,course,term,kind,result,sex\n{row}\n"
    mapping = load_mapping(MAPPING)
    evaluator = prepare(
        mapping,
        lambda file: BytesIO(FILES[file]),
        today=date(2026, 7, 1),
        catalogue=CATALOGUE,
    )
    (raw,) = read_rows(BytesIO(content.encode()), mapping)
    return evaluator.candidate(raw)


def test_a_row_is_a_posting_by_every_kind_of_source() -> None:
    """Column, value table, weighted mean, constant, catalogue, and a date counted from another."""
    posted = candidate("7,A,春,补考,合格,F")
    assert isinstance(posted, PostedOutcome)
    assert (posted.learner.value, posted.learner.name) == ("7", None)
    assert (posted.attempt_kind, posted.result) == ("resit", "合格")
    assert (posted.grade, posted.grade_scale) == ("84", "percent")
    assert (str(posted.credits), str(posted.hours)) == ("2", "20")
    assert str(posted.awarded_on) == "2024-03-07"


def test_a_row_without_a_grade_states_no_scale_and_what_the_catalogue_lacks_is_absent() -> None:
    """A constant scale says nothing where there is no grade."""
    posted = candidate("8,B,春,,合格,F")
    assert isinstance(posted, PostedOutcome)
    assert (posted.grade, posted.grade_scale, posted.hours) == (None, None, None)


def test_a_result_that_is_listed_as_not_awarded_is_valid_and_no_outcome() -> None:
    """Only whose it is, of which course and term, is asked; the course need not be known."""
    assert candidate("8,Z,?,?,不合格,F") == NotAwarded(number=1)


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ("7,A,春,重修,合格,F", {("attempt_kind", "value-not-listed")}),
        ("7,A,春,,优秀,F", {("result", "value-not-listed")}),
        ("7,A,春,,not_awarded,F", {("result", "value-not-listed")}),
        ("7,A,春,,,F", {("result", "field-missing")}),
        ("7,Z,春,,合格,F", {("course", "course-unknown")}),
        ("7,C,春,,合格,F", {("credits", "amount-missing")}),
        ("7,,春,,合格,F", {("course", "field-missing"), ("credits", "amount-missing")}),
        ("7,A,秋,,合格,F", {("awarded_on", "lookup-missing")}),
        ("7,A,坏,,合格,F", {("awarded_on", "date-unreadable")}),
        ("7,A,末,,合格,F", {("awarded_on", "days-unreadable")}),
        ("7,A,远,,合格,F", {("awarded_on", "date-impossible")}),
        (",A,春,,不合格,F", {("learner", "learner-missing")}),
        (
            "７,Z,秋,x,合格,F",
            {
                ("learner", "digits-full-width"),
                ("course", "course-unknown"),
                ("attempt_kind", "value-not-listed"),
                ("awarded_on", "lookup-missing"),
            },
        ),
    ],
)
def test_a_row_that_is_wrong_names_every_wrong_field_once(
    row: str, problems: set[tuple[str, str]]
) -> None:
    """What a source cannot give is not reported again as missing."""
    found = candidate(row)
    assert isinstance(found, RowProblem)
    assert found.number == 1
    assert sorted((one.field, one.code) for one in found.problems) == sorted(problems)


def test_a_problem_names_the_column_that_the_clerk_sees_and_never_its_value() -> None:
    """Problems are kept in clear; what stands in a row is personal."""
    found = candidate("7,A,春,重修,合格,F")
    assert isinstance(found, RowProblem)
    (problem,) = found.problems
    assert problem.facts == {"known": ("正考", "补考"), "column": "kind"}
