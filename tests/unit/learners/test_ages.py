"""How old a learner is, and how sure that is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.learners.ages import birth_year, is_below, turns
from creditbank.learners.identity_number import check_symbol


def number_of(born: date) -> str:
    """Give a number that states a birth."""
    body = f"110101{born:%Y%m%d}001"
    return body + check_symbol(body)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from([14, 18]))
def test_an_age_is_reached_on_the_birthday_and_not_the_day_before(born: date, years: int) -> None:
    """To the day where the day is known."""
    stated = {"identity_number": number_of(born), "birth_year": born.year}
    day = turns(stated, years)
    assert day is not None
    assert day.year == born.year + years
    assert is_below(stated, years, day - timedelta(days=1))
    assert not is_below(stated, years, day)


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ({"birth_year": 2008}, date(2026, 12, 31)),
        ({"identity_number": number_of(date(2008, 2, 29))}, date(2026, 3, 1)),
        ({}, None),
    ],
)
def test_an_age_that_is_not_certain_counts_late(
    stated: dict[str, object], day: date | None
) -> None:
    """Of a year its last day; of a birth on 29 February the day after; of nothing, nothing."""
    assert turns(stated, 18) == day


def test_the_birth_of_a_checked_document_goes_before_what_the_opening_states() -> None:
    """Number and year of the opening are what somebody typed; the card was seen."""
    stated = {
        "birth_date": "2012-06-01",
        "identity_number": number_of(date(1990, 1, 1)),
        "birth_year": 1990,
    }
    assert turns(stated, 14) == date(2026, 6, 1)
    assert birth_year(stated) == 2012


@pytest.mark.parametrize(
    ("stated", "year"),
    [({"identity_number": number_of(date(1990, 1, 1))}, 1990), ({"birth_year": 1991}, 1991)],
)
def test_a_year_of_birth_is_that_of_the_number_or_the_one_stated(
    stated: dict[str, object], year: int
) -> None:
    """Whichever is known."""
    assert birth_year(stated) == year
