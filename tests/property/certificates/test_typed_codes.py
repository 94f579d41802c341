from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.errors import DocumentRefused
from certificates.token import ALPHABET, LENGTH, parse_typed, typed_form

CHECK_ALPHABET = ALPHABET + "*+~=$"

tokens = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@given(token=tokens, joint=st.sampled_from(["", " ", "-", "  "]), is_lower=st.booleans())
def test_a_typed_code_leads_to_its_token(token: str, joint: str, *, is_lower: bool) -> None:
    """However the groups are joined, in either case."""
    text = joint.join(typed_form(token).split())
    assert parse_typed(text.lower() if is_lower else text) == token


@given(token=tokens, place=st.integers(0, LENGTH), symbol=st.sampled_from(CHECK_ALPHABET))
def test_any_single_wrong_symbol_is_found(token: str, place: int, symbol: str) -> None:
    """Also a wrong check symbol."""
    typed = typed_form(token).replace(" ", "")
    wrong = typed[:place] + symbol + typed[place + 1 :]
    if wrong == typed:
        assert parse_typed(wrong) == token
    else:
        _assert_refused(wrong)


@given(token=tokens, place=st.integers(0, LENGTH - 1))
def test_any_exchange_of_neighbours_is_found(token: str, place: int) -> None:
    """Also of the last symbol with the check symbol."""
    typed = typed_form(token).replace(" ", "")
    wrong = typed[:place] + typed[place + 1] + typed[place] + typed[place + 2 :]
    if wrong != typed:
        _assert_refused(wrong)


@given(text=st.text(max_size=40))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    """Reading fails in one way only."""
    with suppress(DocumentRefused):
        assert len(parse_typed(text)) == LENGTH


def _assert_refused(text: str) -> None:
    with pytest.raises(DocumentRefused):
        parse_typed(text)
