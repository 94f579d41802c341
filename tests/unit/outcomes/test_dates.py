from datetime import date

import pytest

from creditbank.outcomes.dates import DateError, PartialDate, Precision, parse_day

TODAY = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("text", "precision", "first", "last", "month"),
    [
        ("2013-09-29", Precision.DAY, date(2013, 9, 29), date(2013, 9, 29), "2013-09"),
        ("2012-02", Precision.MONTH, date(2012, 2, 1), date(2012, 2, 29), "2012-02"),
        ("2013", Precision.YEAR, date(2013, 1, 1), date(2013, 12, 31), "2013"),
        ("2026", Precision.YEAR, date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2026-07-01", Precision.DAY, TODAY, TODAY, "2026-07"),
    ],
)
def test_a_date_is_as_precise_as_it_was_stated(
    text: str, precision: Precision, first: date, last: date, month: str
) -> None:
    """No day is made up where only a month or a year is known."""
    read = PartialDate.parse(text, today=TODAY)
    assert str(read) == text
    assert read.precision is precision
    assert (read.first_day, read.last_day, read.month) == (first, last, month)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2013-02-29", "date-impossible"),
        ("2013-13", "date-impossible"),
        ("2013-00-10", "date-impossible"),
        ("29/09/2013", "date-unreadable"),
        ("2013-9-29", "date-unreadable"),
        ("20130929", "date-unreadable"),
        ("2013-W05-1", "date-unreadable"),
        ("2013-09-29T00:00:00Z", "date-unreadable"),
        ("２０１３", "date-unreadable"),
        ("2013-09-29\n", "date-unreadable"),
        ("41546", "date-unreadable"),
        ("1899-12-31", "date-too-early"),
        ("0000", "date-too-early"),
        ("2026-07-02", "date-in-future"),
        ("2026-08", "date-in-future"),
        ("9999", "date-in-future"),
    ],
)
def test_a_text_that_is_no_date_of_award_names_the_reason(text: str, code: str) -> None:
    """Wrong form, no such day, before 1900, or not begun yet."""
    with pytest.raises(DateError) as refused:
        PartialDate.parse(text, today=TODAY)
    assert refused.value.code == code


def test_a_full_day_is_asked_for_and_a_month_is_given_is_unreadable() -> None:
    """Days can only be added to a day."""
    assert parse_day("2030-01-31") == date(2030, 1, 31)
    with pytest.raises(DateError, match="date-unreadable"):
        parse_day("2030-01")
