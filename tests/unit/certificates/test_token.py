import hashlib
from collections.abc import Callable

import pytest

from certificates.errors import DocumentRefused
from certificates.token import (
    ALPHABET,
    LENGTH,
    hash_urn,
    is_token,
    new_token,
    parse_typed,
    token_hash,
    typed_form,
    urn_prefix,
)

TOKEN = "ABCDEFGHJKLMNPQRSTUVWXYZ23"


def test_a_token_has_130_random_bits(entropy: Callable[[int], bytes]) -> None:
    """26 symbols of 32, none of them easily taken for another."""
    token = new_token(entropy)
    assert is_token(token)
    assert (len(token), len(set(ALPHABET))) == (LENGTH, 32) == (26, 32)
    assert not set("01IO") & set(ALPHABET)
    assert new_token(lambda size: bytes(range(224, 224 + size))) == ALPHABET[:26]


def test_a_typed_code_is_in_groups_of_four_with_a_check_symbol() -> None:
    """Sum of place times value = 6201 = 22 modulo 37, which is the symbol Y."""
    assert typed_form(TOKEN) == "ABCD EFGH JKLM NPQR STUV WXYZ 23" + _check(TOKEN)
    assert parse_typed(typed_form(TOKEN)) == TOKEN


def _check(token: str) -> str:
    total = sum(place * ALPHABET.index(symbol) for place, symbol in enumerate(token, start=1))
    return (ALPHABET + "*+~=$")[total % 37]


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        TOKEN.lower(),
        f" {TOKEN}\n",
        "abcd-efgh-jklm-npqr-stuv-wxyz-23" + _check(TOKEN).lower(),
        "ABCD EFGH JKLM NPQR STUV WXYZ 23",
    ],
)
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    """Case, spaces and hyphens do not matter; the check symbol may be left out."""
    assert parse_typed(text) == TOKEN


@pytest.mark.parametrize(
    "text",
    ["", TOKEN[:-1], TOKEN + "22", "0" + TOKEN[1:], "O" + TOKEN[1:], "\ud800" * 26, "*" * 26],
)
def test_another_code_is_refused(text: str) -> None:
    """Wrong symbols and lengths are told before the bank is asked."""
    with pytest.raises(DocumentRefused):
        parse_typed(text)


def test_the_stored_hash_is_bound_to_its_use() -> None:
    """The bank stores SHA-256 with a prefix; 130 random bits need no slow hash."""
    assert token_hash(TOKEN) == hashlib.sha256(b"pass-token/v1\0" + TOKEN.encode()).digest()


def test_a_hash_is_named_by_a_uuid_of_version_8() -> None:
    """Its first 16 bytes, but for the bits that say version and variant (RFC 9562, section 5.8)."""
    urn = hash_urn(bytes([0xFF] * 32))
    assert urn == "urn:uuid:ffffffff-ffff-8fff-bfff-ffffffffffff"
    assert urn_prefix(urn) == bytes([0xFF] * 6)
    assert hash_urn(bytes(32)) == "urn:uuid:00000000-0000-8000-8000-000000000000"
    for other in ("urn:uuid:", "urn:uuid:x", urn.removeprefix("urn:uuid:"), f"https://a/{TOKEN}"):
        assert urn_prefix(other) is None
