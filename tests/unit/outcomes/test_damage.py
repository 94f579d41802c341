from datetime import date
from pathlib import Path

import pytest

from creditbank.outcomes.batches.candidates import prepare
from creditbank.outcomes.batches.damage import damage_problem
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.mapping import identity_mapping
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.posting import PostedOutcome
from creditbank.outcomes.texts import LENGTHS


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("course", "Jan-24", "code-turned-into-date"),
        ("course", "3-Feb", "code-turned-into-date"),
        ("learner", "1月24日", "code-turned-into-date"),
        ("learner", "3.10105E+17", "number-exponent-form"),
        ("course", "1.00E+10", "number-exponent-form"),
        ("learner", "20230001.0", "number-decimal-form"),
        ("certificate_number", "20,230,001", "number-thousands-separators"),
        ("learner", "'20230001", "code-apostrophe"),
        ("learner", "########", "cell-error"),
        ("course", "#N/A", "cell-error"),
        ("awarded_on", "45473", "date-serial-number"),
        ("awarded_on", "#VALUE!", "cell-error"),
    ],
)
def test_what_a_spreadsheet_did_is_recognised(field: str, cell: str, code: str) -> None:
    """Each is refused with its own remedy, on its own field."""
    problem = damage_problem(field, cell)
    assert problem is not None
    assert (problem.field, problem.code) == (field, code)


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("course", "BBB"),
        ("course", "2024-05-18"),
        ("course", "C#"),
        ("course", "JAN24"),
        ("course", "1.0"),
        ("learner", "20230001"),
        ("learner", "'=1"),
        ("learner", ""),
        ("awarded_on", "2024"),
        ("awarded_on", "2024-06-30"),
    ],
)
def test_what_is_written_so_on_purpose_is_left_alone(field: str, cell: str) -> None:
    """A museum may number its activities by day, and version 1.0 is a code."""
    assert damage_problem(field, cell) is None


def test_a_damaged_row_names_every_damaged_field_once(tmp_path: Path) -> None:
    """Beside what else is wrong with it."""
    fields = {"learner": "3.1E+17", "course": "Jan-24", "term": "T", "result": "P", "credits": "x"}
    fields |= {"awarded_on": "45473"}
    evaluator = prepare(
        identity_mapping(), open_table_in(tmp_path), today=date(2026, 1, 1), catalogue={}
    )
    row = RawRow(number=1, cells=tuple(fields.get(name, "") for name in LENGTHS))
    found = evaluator.candidate(row)
    assert isinstance(found, RowProblem)
    assert sorted(one.field for one in found.problems) == [
        "awarded_on",
        "course",
        "credits",
        "learner",
    ]
    sound = {**fields, "learner": "7", "course": "C", "credits": "1", "awarded_on": "2024"}
    row = RawRow(number=1, cells=tuple(sound.get(name, "") for name in LENGTHS))
    assert isinstance(evaluator.candidate(row), PostedOutcome)
