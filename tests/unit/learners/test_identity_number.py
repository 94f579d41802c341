"""The citizen identity number, GB 11643-1999."""

from datetime import date

import pytest

from creditbank.learners.identity_number import birth_date_of, check_symbol, is_identity_number

PRINTED = "11010519491231002X"
"""The example that the standard itself prints."""


def test_the_example_of_the_standard_is_a_number() -> None:
    """Its check symbol is X, and its day of birth can be read."""
    assert is_identity_number(PRINTED)
    assert check_symbol(PRINTED[:-1]) == "X"
    assert birth_date_of(PRINTED) == date(1949, 12, 31)


@pytest.mark.parametrize("place", range(17))
def test_any_wrong_digit_is_found(place: int) -> None:
    """MOD 11-2 finds every single wrong digit."""
    for digit in "0123456789":
        changed = PRINTED[:place] + digit + PRINTED[place + 1 :]
        assert is_identity_number(changed) == (changed == PRINTED)


@pytest.mark.parametrize("place", range(16))
def test_two_exchanged_neighbours_are_found(place: int) -> None:
    """The commonest slip of a typist."""
    first, second = PRINTED[place], PRINTED[place + 1]
    changed = PRINTED[:place] + second + first + PRINTED[place + 2 :]
    assert is_identity_number(changed) == (first == second)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "110105491231002",
        "11010519491231002x",
        "110105194913310021",
        "１１０１０５１９４９１２３１００２X",
    ],
)
def test_other_texts_are_no_numbers(number: str) -> None:
    """Fifteen digits are those of old cards; a thirteenth month and full width are nobody's."""
    assert not is_identity_number(number)


def test_a_day_that_never_was_is_refused_though_its_check_symbol_is_right() -> None:
    """30 February."""
    body = "11010519490230002"
    assert not is_identity_number(body + check_symbol(body))
