"""Dates as offices write them in files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.outcomes.batches.written_dates import plain_date


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_with_its_year_first_is_that_day_in_every_usual_form(day: date) -> None:
    """The order of the parts leaves no doubt."""
    year, month, number = day.year, day.month, day.day
    for text in (
        f"{day}",
        f"{day:%Y%m%d}",
        f"{year}-{month}-{number}",
        f"{year}/{month}/{number}",
        f"{year}/{month:02}/{number:02}",
        f"{year}.{month}.{number}",
        f"{year}年{month}月{number}日",
        f"{year}年{month:02}月{number:02}日",
    ):
        assert plain_date(text) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "plain"),
    [("2024年6月", "2024-06"), ("2024/6", "2024-06"), ("2024年", "2024"), ("2024", "2024")],
)
def test_a_month_or_a_year_is_never_padded(text: str, plain: str) -> None:
    """What is not known stays unknown."""
    assert plain_date(text) == plain


@pytest.mark.parametrize(
    "text",
    ["6/30/2024", "30.6.2024", "24-6-30", "2024-06/30", "2024年06", "45473", "六月", "", "202406"],
)
def test_what_may_mean_another_day_stays_as_it_is(text: str) -> None:
    """It is refused where dates are read, with the remedy."""
    assert plain_date(text) == text


@given(st.text())
def test_any_other_text_comes_through(text: str) -> None:
    """Nothing raises, and nothing that is plain changes again."""
    assert plain_date(plain_date(text)) == plain_date(text)
