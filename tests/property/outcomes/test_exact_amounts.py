from contextlib import suppress
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.amounts import AmountError, Credits, Grade, StudyTime

MILLIS = st.integers(min_value=0, max_value=100_000_000)


@given(MILLIS)
def test_credits_printed_and_read_again_are_the_same(milli: int) -> None:
    """No value is lost on the way through a text."""
    value = Credits(milli=milli)
    assert Credits.parse(str(value)) == value
    assert Fraction(str(value)) == Fraction(milli, 1000)


@given(st.integers(min_value=0, max_value=10_000_000))
def test_grades_printed_and_read_again_are_the_same(centi: int) -> None:
    """The same in hundredths."""
    assert Grade.parse(str(Grade(centi=centi))) == Grade(centi=centi)


@given(st.integers(min_value=0, max_value=2_000_000))
def test_hours_that_can_be_read_print_as_the_same_time(twentieths: int) -> None:
    """The finest decimal hours in whole minutes are 0.05."""
    read = StudyTime.parse(str(Credits(milli=twentieths * 50)))
    assert read.minutes == twentieths * 3
    assert StudyTime.parse(str(read)) == read


@given(MILLIS, MILLIS)
def test_adding_and_comparing_agree_with_exact_arithmetic(one: int, other: int) -> None:
    """Order and sum are those of the numbers that the texts write."""
    left, right = Credits(milli=one), Credits(milli=other)
    assert Fraction(str(left + right)) == Fraction(str(left)) + Fraction(str(right))
    assert (left < right) == (Fraction(str(left)) < Fraction(str(right)))


@given(st.text(max_size=12) | st.text("0123456789.-+eE, ０١_", max_size=8))
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    """Nothing else is raised, and what is read is what the text writes."""
    with suppress(AmountError):
        read = Credits.parse(text)
        assert text.isascii()
        assert Fraction(text) == Fraction(read.milli, 1000)
