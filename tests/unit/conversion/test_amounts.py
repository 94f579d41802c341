from collections.abc import Callable

import pytest

from creditbank.conversion.amounts import AmountError, ClassHours, Credits, Grade, StudyTime


@pytest.mark.parametrize(
    ("text", "milli", "printed"),
    [
        ("3", 3000, "3"),
        ("3.0", 3000, "3"),
        ("0.125", 125, "0.125"),
        ("2.500", 2500, "2.5"),
        ("1.5000000", 1500, "1.5"),
        ("0", 0, "0"),
        ("100000", 100_000_000, "100000"),
    ],
)
def test_reading_credits_is_exact_and_printing_drops_trailing_zeros(
    text: str, milli: int, printed: str
) -> None:
    """Credits are held in 1/1000."""
    read = Credits.parse(text)
    assert read.milli == milli
    assert str(read) == printed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount-unreadable"),
        ("-3", "amount-negative"),
        ("-0.5", "amount-negative"),
        ("--3", "amount-unreadable"),
        ("+3", "amount-unreadable"),
        ("3e2", "amount-unreadable"),
        (" 3", "amount-unreadable"),
        ("3\n", "amount-unreadable"),
        ("3,5", "amount-unreadable"),
        ("3.", "amount-unreadable"),
        (".5", "amount-unreadable"),
        ("03", "amount-unreadable"),
        ("３", "amount-unreadable"),
        ("٣", "amount-unreadable"),
        ("NaN", "amount-unreadable"),
        ("1_000", "amount-unreadable"),
        ("0.1234", "amount-too-fine"),
        ("100000.001", "amount-too-large"),
        ("9" * 5000, "amount-too-large"),
    ],
)
def test_reading_a_text_that_is_no_amount_of_credits_names_the_reason(text: str, code: str) -> None:
    """Nothing is rounded, trimmed or guessed."""
    with pytest.raises(AmountError) as refused:
        Credits.parse(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (Grade.parse, "86.555", "amount-too-fine"),
        (ClassHours.parse, "1.0001", "amount-too-fine"),
        (StudyTime.parse, "0.333", "amount-not-whole-minutes"),
        (StudyTime.parse, "100000.05", "amount-too-large"),
    ],
)
def test_each_unit_has_its_own_finest_step(
    parse: Callable[[str], object], text: str, code: str
) -> None:
    """Grades have two places, class hours three, hours are whole minutes."""
    with pytest.raises(AmountError) as refused:
        parse(text)
    assert refused.value.code == code


def test_hours_are_held_in_minutes() -> None:
    """A quarter of an hour is fifteen minutes."""
    assert StudyTime.parse("1.25").minutes == 75
    assert str(StudyTime.parse("1.25")) == "1.25"


def test_a_time_without_exact_decimal_hours_prints_to_the_nearest_thousandth() -> None:
    """Forty minutes are two thirds of an hour."""
    assert str(StudyTime(minutes=40)) == "0.667"


def test_credits_add_and_compare_exactly() -> None:
    """What floats cannot do: a tenth and two tenths are three tenths."""
    assert Credits.parse("0.1") + Credits.parse("0.2") == Credits.parse("0.3")
    assert Credits.parse("2.5") < Credits.parse("10")


@pytest.mark.parametrize(("text", "expected"), [("2.5", True), ("2", True), ("2.25", False)])
def test_credits_know_whether_they_are_whole_quanta(text: str, *, expected: bool) -> None:
    """A scheme may count in halves."""
    assert Credits.parse(text).is_multiple_of(Credits.parse("0.5")) is expected
