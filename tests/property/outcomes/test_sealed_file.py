"""A file under seal reads as it was written, from any place, and never as less or other."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.outcomes.batches.sealed_file import PIECE_BYTES, SealedWriter, open_sealed

KEY = AccountKey("a" * 32, b"k" * 32)
NAME = "data"
lengths = st.integers(0, 3) | st.integers(PIECE_BYTES - 2, 2 * PIECE_BYTES + 2)


class _Kept(io.BytesIO):
    """A file whose content outlives its closing."""

    content = b""

    def close(self) -> None:
        """Keep the content."""
        self.content = self.getvalue()


def content_of(length: int) -> bytes:
    """Give bytes that differ from piece to piece."""
    return (b"0123456789abcdef!" * (length // 17 + 1))[:length]


def sealed(content: bytes, pieces: int = 1, *, name: str = NAME, key: AccountKey = KEY) -> bytes:
    """Write content in so many pieces; gives the file."""
    file = _Kept()
    size = len(content) // pieces + 1
    with SealedWriter(file, key, name, os.urandom) as writer:
        for start in range(0, len(content), size):
            writer.write(content[start : start + size])
    return file.content


def read(file: bytes, *, name: str = NAME, key: AccountKey = KEY) -> bytes:
    """Read a file whole."""
    with open_sealed(io.BytesIO(file), key, name) as stream:
        return stream.read()


@given(lengths, st.integers(1, 5))
def test_what_is_written_is_read_however_it_was_cut(length: int, pieces: int) -> None:
    """Uploads come in pieces of any size."""
    content = content_of(length)
    assert read(sealed(content, pieces)) == content


@given(
    length=lengths,
    start=st.integers(0, 2 * PIECE_BYTES),
    count=st.integers(0, PIECE_BYTES),
    is_from_end=st.booleans(),
)
def test_it_is_read_from_any_place(
    length: int, start: int, count: int, *, is_from_end: bool
) -> None:
    """As zip files are: their list of entries stands at the end."""
    content, file = content_of(length), io.BytesIO(sealed(content_of(length)))
    start = min(start, length)
    with open_sealed(file, KEY, NAME) as stream:
        stream.seek(start - length, io.SEEK_END) if is_from_end else stream.seek(start)
        assert stream.read(count) == content[start : start + count]


@given(lengths, st.data())
def test_a_file_that_was_cut_or_changed_is_not_read(length: int, data: st.DataObject) -> None:
    """Not even where it was cut between two pieces."""
    file = sealed(content_of(length))
    piece = PIECE_BYTES + len(sealed(b""))
    cut = data.draw(st.sampled_from([0, len(file) - 1, *range(piece, len(file), piece)]))
    place = data.draw(st.integers(0, len(file) - 1))
    changed = bytearray(file)
    changed[place] ^= 1
    for broken in (file[:cut], bytes(changed)):
        with pytest.raises(SealBroken):
            read(broken)


def test_a_file_of_another_name_or_batch_is_not_read() -> None:
    """Nobody puts one in the place of another."""
    file = sealed(b"learner")
    for name, key in (("tables/data", KEY), (NAME, AccountKey("b" * 32, KEY.secret))):
        with pytest.raises(SealBroken):
            read(file, name=name, key=key)
