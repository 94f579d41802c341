import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.headers import columns_by_field, fold, headers_by_field
from creditbank.outcomes.texts import LENGTHS

REQUIRED = ("学号", "课程代码", "学期", "结果", "获得日期")


def refused(*header: str) -> list[tuple[str, object]]:
    """Give the code of each problem of a header and the column that it names."""
    with pytest.raises(InvalidInput) as refusal:
        columns_by_field(header)
    return [(one.code, one.facts.get("column")) for one in refusal.value.problems]


def test_no_name_stands_for_two_fields() -> None:
    """A header that could mean either would put results into the wrong field."""
    folded = [fold(name) for names in headers_by_field().values() for name in set(map(fold, names))]
    assert len(folded) == len(set(folded))
    assert headers_by_field().keys() == LENGTHS.keys()


def test_a_header_is_known_in_both_languages_however_it_is_typed() -> None:
    """Full width, case, spaces, brackets and line breaks do not matter."""
    header = (
        "（学 号）",
        "Ｃｏｕｒｓｅ Code",
        "学期*",
        "结果：",
        "获得\n日期",
        "certificate_number",
        "#row",
    )
    assert columns_by_field(header) == {
        "learner": "（学 号）",
        "course": "Ｃｏｕｒｓｅ Code",
        "term": "学期*",
        "result": "结果：",
        "awarded_on": "获得\n日期",
        "certificate_number": "certificate_number",
    }


def test_a_header_that_is_wrong_is_refused_by_name() -> None:
    """Misspelt with a suggestion, unknown, repeated, two for one field, missing."""
    assert refused(*REQUIRED, "课程代玛X") == [("header-column-unknown", "课程代玛X")] or refused(
        *REQUIRED, "课程代玛X"
    ) == [("header-column-similar", "课程代玛X")]
    assert refused(*REQUIRED, "awardedon2") == [("header-column-similar", "awardedon2")]
    assert refused(*REQUIRED, "性别") == [("header-column-unknown", "性别")]
    assert refused(*REQUIRED, "学号") == [("header-column-repeated", "学号")]
    assert refused(*REQUIRED, "student id") == [("header-field-twice", None)]
    assert refused("学号", "课程代码", "学期", "获得日期") == [
        ("header-column-missing", "result (结果)")
    ]


def test_a_header_of_ten_thousand_columns_is_refused_in_few_words() -> None:
    """Neither the answer nor the work grows with it."""
    assert refused(*map(str, range(10_000))) == [("header-too-wide", None)]
    assert len(refused(*map(str, range(400)))) == 20


@given(st.lists(st.text(max_size=20), max_size=12))
def test_any_header_is_known_or_refused(header: list[str]) -> None:
    """Never another error."""
    try:
        found = columns_by_field(header)
    except InvalidInput:
        return
    assert set(found.values()) <= set(header)
