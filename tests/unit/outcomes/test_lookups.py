import gzip
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.lookups import Tables, open_table_in
from creditbank.outcomes.batches.mapping import ImportMapping, load_mapping
from creditbank.outcomes.batches.sources import Mean

MAPPING = """
format: creditbank/import-mapping/v1
name: Marks with the weights of their tests
version: "1"
tables:
  tests: {file: tests.csv, key: [test], columns: [course, weight]}
  marks:
    file: marks.csv
    key: [course, learner]
    columns: [mark, weight]
    join: {table: tests, on: [test]}
fields:
  learner: {column: learner}
  course: {column: course}
  term: {constant: "2024"}
  result: {constant: Pass}
  grade: {weighted_mean: {table: marks, key: [course, learner], value: mark, weight: weight}}
  awarded_on: {constant: "2024"}
"""
TESTS = b"weight,test,course\n50,t1,B\n25,t2,B\n0,t3,B\n"
MARKS_HEADER = b"test,learner,mark\n"
MEAN = Mean(table="marks", key=("course", "learner"), value="mark", weight="weight")


def tables(files: Mapping[str, bytes], mapping: ImportMapping | None = None) -> Tables:
    """Give the tables of the mapping over these files."""
    return Tables(mapping or load_mapping(MAPPING), lambda file: BytesIO(files[file]))


def mean_of(*marks: bytes) -> Mapping[tuple[str, ...], str]:
    """Give the means of these lines of marks."""
    content = MARKS_HEADER + b"\n".join(marks)
    return tables({"tests.csv": TESTS, "marks.csv": content}).weighted_means(MEAN)


@pytest.mark.parametrize(
    ("marks", "mean"),
    [
        ([b"t1,7,80"], "80"),
        ([b"t1,7,80", b"t2,7,50"], "70"),
        ([b"t1,7,80", b"t2,7,81"], "80.33"),
        ([b"t1,7,0.01", b"t2,7,0"], "0.01"),
        ([b"t1,7,0.015"], "0.02"),
        ([b"t1,7,0.014"], "0.01"),
        ([b"t1,7,80", b"t2,7,"], "80"),
        ([b"t1,7,80", b"t3,7,10"], "80"),
        ([b"t1,7,0", b"t2,7,0"], "0"),
    ],
)
def test_a_weighted_mean_is_exact_and_rounded_half_up_to_hundredths(
    marks: list[bytes], mean: str
) -> None:
    """Rows without a value or with weight 0 are left out."""
    assert mean_of(*marks, b"t1,8,100") == {("B", "7"): mean, ("B", "8"): "100"}


@pytest.mark.parametrize("mark", [b"t3,7,80", b"t1,7,"])
def test_a_key_with_no_row_left_has_no_mean(mark: bytes) -> None:
    """No score is not a score of 0."""
    assert mean_of(mark) == {}


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (b"t9,7,80", "table-join-missing"),
        (b"t1,7,-1", "amount-negative"),
        (b"t1,7,A", "amount-unreadable"),
        (b"t1,7,80.1234", "amount-too-fine"),
        (b"t1,7", "file-field-count"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_file_and_row(mark: bytes, code: str) -> None:
    """A mean with a part left out unseen would be a wrong grade."""
    with pytest.raises(InvalidInput) as refused:
        mean_of(b"t1,7,80", mark)
    (problem,) = refused.value.problems
    assert (problem.field, problem.code, problem.facts["row"]) == ("marks.csv", code, 2)


def test_a_table_whose_key_repeats_cannot_be_looked_up() -> None:
    """Which of the two rows is meant is nobody's guess."""
    with pytest.raises(InvalidInput) as refused:
        tables({"tests.csv": TESTS + b"1,t1,B\n"}).lookup("tests")
    (problem,) = refused.value.problems
    assert (problem.code, problem.facts["row"]) == ("table-key-repeated", 4)


def test_a_table_is_opened_packed_where_it_is_not_plain(tmp_path: Path) -> None:
    """The mapping names foo.csv in both cases; the plain file is preferred."""
    (tmp_path / "a.csv").write_bytes(b"plain")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"packed"))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"packed"))
    open_table = open_table_in(tmp_path)
    with open_table("a.csv") as plain, open_table("b.csv") as packed:
        assert (plain.read(), packed.read()) == (b"plain", b"packed")
    with pytest.raises(InvalidInput) as refused:
        open_table("c.csv")
    assert refused.value.problems[0].code == "table-file-missing"


@pytest.mark.parametrize("damage", [slice(0, 30), slice(3, None)])
def test_a_damaged_packed_table_is_refused(tmp_path: Path, damage: slice) -> None:
    """Cut off, or no gzip at all."""
    packed = gzip.compress(TESTS * 20)
    (tmp_path / "tests.csv.gz").write_bytes(packed[damage])
    with pytest.raises(InvalidInput) as refused:
        Tables(load_mapping(MAPPING), open_table_in(tmp_path)).lookup("tests")
    assert refused.value.problems[0].code == "file-compression-broken"
