from pathlib import Path

import pytest

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.mapping import identity_mapping, load_mapping
from creditbank.outcomes.batches.sources import Column
from creditbank.outcomes.texts import LENGTHS

TEXT = Path("examples/oulad/mapping.yaml").read_text("utf-8")


def problems(text: str) -> set[tuple[str, str]]:
    """Give what is wrong with a mapping."""
    with pytest.raises(InvalidInput) as refused:
        load_mapping(text)
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_a_mapping_reads_only_the_columns_it_names() -> None:
    """Sex, region, disability and deprivation are in the file and not in the mapping."""
    assert load_mapping(TEXT).columns == (
        "id_student",
        "code_module",
        "code_presentation",
        "final_result",
    )


def test_the_identity_mapping_names_every_field_of_a_posting() -> None:
    """A file with the posting's own field names needs no mapping."""
    mapping = identity_mapping()
    assert mapping.columns == tuple(LENGTHS)
    assert mapping.optional_columns == LENGTHS.keys() - {"course", "term", "result", "awarded_on"}


def test_words_that_yaml_would_guess_at_stay_words() -> None:
    """No is a word, 2024 a term and 1.10 a version."""
    text = (
        TEXT.replace("Fail: not_awarded", "No: not_awarded")
        .replace('constant: "1"', "constant: 1")
        .replace('version: "1"', "version: 1.10")
    )
    mapping = load_mapping(text)
    result = mapping.fields["result"]
    assert isinstance(result, Column)
    assert result.values is not None
    assert result.values["No"] == "not_awarded"
    assert mapping.version == "1.10"


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("name:", "nmae:", "nmae", "mapping-wrong"),
        ("import-mapping/v1", "import-mapping/v2", "format", "mapping-wrong"),
        ("encoding: utf-8", "encoding: utf-32", "encoding", "mapping-wrong"),
        ('delimiter: ","', "delimiter: x", "delimiter", "mapping-wrong"),
        ("{column: id_student}", "{colunm: id}", "fields.learner", "mapping-wrong"),
        ("{column: id_student}", "id_student", "fields.learner", "mapping-wrong"),
        ("{column: id_student}", "{column: i, x: y}", "fields.learner.x", "mapping-wrong"),
        ("Pass: Pass", "Pass: [Pass]", "fields.result.values.Pass", "mapping-wrong"),
        ("value: score", "valeu: x", "fields.grade.weighted_mean.valeu", "mapping-wrong"),
        ("{catalogue: hours}", "{catalogue: price}", "fields.hours.catalogue", "mapping-wrong"),
        ("courses.csv", "../courses.csv", "tables.presentations.file", "mapping-wrong"),
        ("courses.csv", "/etc/passwd", "tables.presentations.file", "mapping-wrong"),
        ("courses.csv", ".hidden", "tables.presentations.file", "mapping-wrong"),
        ("learner:", "lerner:", "fields.lerner", "field-unknown"),
        ("learner:", "lerner:", "fields.learner", "learner-missing"),
        ("  term:", "  grade_scale2:", "fields.term", "field-missing"),
        ("2013B: ", "2013B: not_awarded # ", "fields.awarded_on.date_plus_days.date.values",
         "mapping-not-awarded-elsewhere"),
        ("table: scores", "table: marks", "fields.grade.weighted_mean.table", "table-unknown"),
        ("weight: weight", "weight: mass", "fields.grade.weighted_mean", "table-column-unknown"),
        ("join: {table: assessments", "join: {table: x", "tables.scores.join.table",
         "table-unknown"),
        ("join: {table: assessments", "join: {table: scores", "tables.scores.join.table",
         "table-join-circular"),
        ("on: [id_assessment]", "on: []", "tables.scores.join.on", "table-key-differs"),
        ("constant: percent", "constant: a, constant: b", "", "yaml-unreadable"),
        ("{constant: percent}", "*name", "", "yaml-unreadable"),
        ("{constant: percent}", "{? [a] : b}", "", "yaml-unreadable"),
        ("{constant: percent}", "{constant: percent", "", "yaml-unreadable"),
        ("format:", "\x01format:", "", "yaml-unreadable"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_wrong_is_refused_with_the_place(
    old: str, new: str, place: str, code: str
) -> None:
    """The path leads the clerk to the line."""
    assert old in TEXT
    assert (place, code) in problems(TEXT.replace(old, new, 1))


@pytest.mark.parametrize("text", ["[" * 5000, "", "- a", "x" * 2_000_000])
def test_a_text_that_is_no_mapping_is_refused(text: str) -> None:
    """Deep nesting, nothing, a list and a flood are all refused, not crashed on."""
    assert problems(text)


def test_a_mapping_serves_the_same_file_in_another_encoding() -> None:
    """A clerk says which encoding her file has; only those that can be streamed are known."""
    mapping = load_mapping(TEXT)
    assert mapping.in_encoding("GB18030").encoding == "gb18030"
    with pytest.raises(InvalidInput) as refused:
        mapping.in_encoding("utf-32")
    assert refused.value.problems[0].code == "encoding-unknown"
