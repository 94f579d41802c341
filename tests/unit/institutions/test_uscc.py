"""The unified social credit code, GB 32100-2015."""

import pytest

from creditbank.institutions.uscc import check_symbol, is_uscc

BODY = "12100000400002150"


def test_the_check_symbol_follows_from_the_first_seventeen() -> None:
    """Annex A of the standard prints 91350100M000100Y43 as its example."""
    assert is_uscc("91350100M000100Y43")
    assert is_uscc(BODY + check_symbol(BODY))


def test_a_sum_that_is_a_multiple_of_31_has_the_check_symbol_0() -> None:
    """31 - 0 is no symbol: whoever forgets the last modulus refuses a right code."""
    assert is_uscc("91310000MA00000100")


def test_a_wrong_code_that_stands_in_public_samples_is_refused() -> None:
    """It came from a table without the gaps of the standard's alphabet."""
    assert not is_uscc("91350100M000100Y4Z")


@pytest.mark.parametrize("place", range(18))
def test_any_wrong_symbol_is_found(place: int) -> None:
    """A typing error in a register lasts for decades."""
    code = "91350100M000100Y43"
    for symbol in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        changed = code[:place] + symbol + code[place + 1 :]
        assert is_uscc(changed) == (changed == code)


@pytest.mark.parametrize("code", ["", "91350100M000100Y4", "91350100m000100y43", "I" * 18])
def test_other_texts_are_no_codes(code: str) -> None:
    """Neither length nor alphabet is forgiven."""
    assert not is_uscc(code)


@pytest.mark.parametrize(
    ("code", "is_right"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y4Z", False),
        ("91310000MA00000100", True),
    ],
)
def test_the_traps_of_copied_samples_are_avoided(code: str, *, is_right: bool) -> None:
    """The check is 31 less the sum, and 0 where the sum leaves no rest; letters skip I O S V Z."""
    assert is_uscc(code) == is_right
