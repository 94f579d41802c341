"""The course catalogue file is read strictly, every wrong place named."""

import pytest

from creditbank.catalogue.courses_file import read_courses
from creditbank.errors import InvalidInput

FILE = """
format: creditbank/courses/v1
schemes:
  - id: plain
    title: {zh: 学分标准}
    quantum: "0.5"
    hours_per_credit: 16
    minutes_per_class_hour: 45
courses:
  - code: C-1
    version: "1"
    title: {zh: 养老护理}
    class: vocational
    scheme: plain
    valid_from: "2020-01-01"
    isced_field: "0921"
    occupation: "4-10-01-05"
"""


def problems_of(text: str) -> list[tuple[str, str]]:
    """Read a file that is wrong."""
    with pytest.raises(InvalidInput) as refused:
        read_courses(text, "inst-1")
    return [(one.field, one.code) for one in refused.value.problems]


def test_a_course_states_its_field_and_its_occupation_by_public_codes() -> None:
    """Both are found in lists that ship with the bank."""
    _, (definition,) = read_courses(FILE, "inst-1")
    assert (definition.isced_field, definition.occupation) == ("0921", "4-10-01-05")


@pytest.mark.parametrize("code", ["0922345", "0927", "0009", "护理"])
def test_a_field_that_the_closed_list_has_not_is_refused(code: str) -> None:
    """ISCED-F 2013 does not change."""
    wrong = [("courses.0.isced_field", "isced-field-unknown")]
    assert problems_of(FILE.replace("0921", code)) == wrong


@pytest.mark.parametrize("code", ["4100105", "4-10-01", "A-10-01-05"])
def test_what_is_no_code_of_an_occupation_is_refused(code: str) -> None:
    """The remedy shows the form."""
    wrong = [("courses.0.occupation", "occupation-unreadable")]
    assert problems_of(FILE.replace("4-10-01-05", code)) == wrong


def test_an_occupation_that_is_newer_than_the_list_is_let_through() -> None:
    """New occupations are published every year."""
    _, (definition,) = read_courses(FILE.replace("4-10-01-05", "4-99-99-99"), "inst-1")
    assert definition.occupation == "4-99-99-99"


@pytest.mark.parametrize("day", ["2020-W01-3", "20200101", "2020-1-1", "2020-02-30"])
def test_a_day_is_written_one_way_only(day: str) -> None:
    """Days are compared as texts, so that another spelling would sort elsewhere."""
    wrong = [("courses.0.valid_from", "day-unreadable")]
    assert problems_of(FILE.replace("2020-01-01", day)) == wrong
