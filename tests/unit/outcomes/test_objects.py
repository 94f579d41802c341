from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.candidates import prepare
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.mapping import identity_mapping
from creditbank.outcomes.batches.objects import read_objects
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.posting import PostedOutcome

GOOD = (
    b'{"learner":"7","course":"B","term":"2024","attempt":2,"result":"Pass","credits":"3",'
    b'"awarded_on":"2024"}\n'
)


def test_a_line_is_a_row_of_the_posting_s_own_fields(tmp_path: Path) -> None:
    """Good lines become postings; the attempt may be a number."""
    evaluator = prepare(
        identity_mapping(), open_table_in(tmp_path), today=date(2026, 1, 1), catalogue={}
    )
    rows = list(read_objects(BytesIO(b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD.strip())))
    assert [row.number for row in rows] == [1, 2]
    for row in rows:
        assert isinstance(row, RawRow)
        posted = evaluator.candidate(row)
        assert isinstance(posted, PostedOutcome)
        assert posted.attempt == 2


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (b"{", "", "json-unreadable"),
        (b"[]", "", "json-unreadable"),
        (b"7", "", "json-unreadable"),
        (b"[" * 200_000, "", "json-unreadable"),
        (b'{"attempt":' + b"9" * 5000 + b"}", "", "json-unreadable"),
        (b'{"course":"B"} {}', "", "json-unreadable"),
        (b'{"course":"B","course":"C"}', "course", "field-repeated"),
        (b'{"grades":"A"}', "grades", "field-unknown"),
        (b'{"\\ud800":"A"}', "?", "field-unknown"),
        (b'{"credits":3}', "credits", "value-not-text"),
        (b'{"credits":3.5}', "credits", "value-not-text"),
        (b'{"credits":NaN}', "credits", "value-not-text"),
        (b'{"attempt":true}', "attempt", "value-not-text"),
        (b'{"attempt":1.0}', "attempt", "value-not-text"),
        (b'{"grade":null}', "grade", "value-not-text"),
        (b'{"certificate":{"series":"x"}}', "certificate", "field-unknown"),
        (b'{"result":"\\ud800"}', "result", "text-control-character"),
    ],
)
def test_a_line_that_is_no_such_object_is_a_problem_of_its_row_alone(
    line: bytes, field: str, code: str
) -> None:
    """The lines before and after it are read."""
    first, wrong, last = read_objects(BytesIO(GOOD + line + b"\n" + GOOD))
    assert isinstance(first, RawRow)
    assert isinstance(last, RawRow)
    assert isinstance(wrong, RowProblem)
    assert wrong.number == 2
    assert (field, code) in {(one.field, one.code) for one in wrong.problems}


def test_a_file_that_is_no_utf_8_is_refused_whole_with_the_place() -> None:
    """What does not decode may hide where lines end."""
    with pytest.raises(InvalidInput) as refused:
        list(read_objects(BytesIO(GOOD + b'{"course":"\xff"}\n')))
    (problem,) = refused.value.problems
    assert problem.code == "file-encoding-wrong"
    assert problem.facts["row"] == 2
    assert problem.facts["byte"] == len(GOOD) + 11
