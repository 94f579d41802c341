import gzip
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.errors import DocumentRefused
from certificates.status_list import (
    BITS,
    StatusEntry,
    StatusPurpose,
    encode_bits,
    entry_document,
    is_set,
    read_entry,
)

URL = "https://bank.example/status/revocation-1"


def encoded(bits: bytes) -> str:
    """Write any bits as a list."""
    return "u" + urlsafe_b64encode(gzip.compress(bits, mtime=0)).rstrip(b"=").decode()


@given(st.sets(st.integers(0, BITS - 1), max_size=20), st.integers(0, BITS - 1))
def test_the_bits_that_were_set_are_read_and_no_others(places: set[int], other: int) -> None:
    """The first is the most significant one of the first byte."""
    text = encode_bits(places)
    assert all(is_set(text, one) for one in places)
    assert is_set(text, other) == (other in places)


def test_the_same_bits_are_the_same_text() -> None:
    """A list that says the same has one form, whenever it was made."""
    assert encode_bits([5, 7]) == encode_bits([7, 5])
    assert is_set(encoded(b"\x80" + bytes(BITS // 8 - 1)), 0)


@pytest.mark.parametrize(
    "text", ["", "z", "u", "u!", "uAAAA", encoded(b"\x01"), encoded(bytes(2**19))]
)
def test_what_is_no_list_is_refused(text: str) -> None:
    """Too short, too long, or not compressed as it must be."""
    with pytest.raises(DocumentRefused):
        is_set(text, 0)


def test_a_bomb_is_not_unpacked() -> None:
    """A gigabyte of zeros is a megabyte compressed; no more than a list's bytes are unpacked."""
    with pytest.raises(DocumentRefused):
        is_set(encoded(bytes(2**26)), 0)


def test_a_place_beyond_the_list_is_refused() -> None:
    """Neither set nor not."""
    for index in (-1, BITS):
        with pytest.raises(DocumentRefused):
            is_set(encode_bits([]), index)
        with pytest.raises(ValueError, match="bits"):
            encode_bits([index])


def test_an_entry_is_read_as_it_was_written() -> None:
    """Its index is text, and its id is not the list's."""
    entry = StatusEntry(purpose=StatusPurpose.SUSPENSION, list_url=URL, index=42)
    document = entry_document(entry)
    assert (document["statusListIndex"], document["id"]) == ("42", f"{URL}#42")
    assert read_entry(document) == entry
    for wrong in (
        {},
        {**document, "statusPurpose": "colour"},
        {**document, "statusListIndex": "x"},
    ):
        with pytest.raises(DocumentRefused):
            read_entry(wrong)


@pytest.mark.parametrize(
    "more",
    [
        {"type": "StatusList2021Entry"},
        {"statusSize": 2},
        {"statusPurpose": "message"},
        {"statusListIndex": 5},
        {"statusListIndex": "-5"},
    ],
)
def test_an_entry_that_means_something_else_is_refused(more: dict[str, object]) -> None:
    """Of more bits than one, of another kind, or with its place written otherwise."""
    entry = StatusEntry(purpose=StatusPurpose.REVOCATION, list_url=URL, index=5)
    assert read_entry(entry_document(entry)) == entry
    with pytest.raises(DocumentRefused):
        read_entry(entry_document(entry) | more)
