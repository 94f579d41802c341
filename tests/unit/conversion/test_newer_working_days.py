"""Newer years of the calendar of working days, as a bank loads them."""

from datetime import date

import pytest

from creditbank.conversion.working_days import read_working_days, shipped_working_days
from creditbank.errors import InvalidInput

NEWER = """
2031:
  source: 国务院办公厅关于2031年部分节假日安排的通知
  holidays: [01-01]
  worked_weekends: [01-04]
"""


def test_a_newer_year_is_data_with_its_source() -> None:
    """What was shipped stays, and the new year is counted by its own days."""
    calendar = read_working_days(shipped_working_days(), NEWER)
    assert calendar.sources[2031].endswith("2031年部分节假日安排的通知")
    assert {2024, 2031} <= set(calendar.years)
    assert not calendar.is_worked(date(2031, 1, 1))
    assert calendar.is_worked(date(2031, 1, 4))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("[01-01]", "[01-04]"), ("[01-04]", "[01-06]"), ("01-01", "13-01"), ("source", "from")],
)
def test_a_year_whose_days_cannot_be_is_refused(right: str, wrong: str) -> None:
    """A holiday on a weekend, a worked weekday, a day that is none, a year without its source."""
    with pytest.raises(InvalidInput) as refused:
        read_working_days(NEWER.replace(right, wrong, 1))
    assert [(one.field, one.code) for one in refused.value.problems] == [
        ("2031", "working-days-wrong")
    ]
