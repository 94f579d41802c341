"""A file under seal, written as it comes and read from any place, piece by piece.

Each piece of 64 KiB is sealed by itself (AES-256-GCM) for its file, its number and whether it is
the last one, so that pieces cannot be moved, and a file that was cut does not pass for a whole one.
"""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from creditbank.keystore.account_key import SEAL_BYTES, AccountKey, SealBroken, place

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PIECE_BYTES = 1 << 16
_SEALED_BYTES = PIECE_BYTES + SEAL_BYTES


class SealedWriter(io.RawIOBase):
    """Seals what is written to it; only closing it makes the file whole."""

    def __init__(
        self, target: BinaryIO, key: AccountKey, name: str, entropy: Callable[[int], bytes]
    ) -> None:
        self._target = target
        self._key = key
        self._name = name
        self._entropy = entropy
        self._waiting = bytearray()
        self._pieces = 0

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def write(self, content: "ReadableBuffer") -> int:
        """Take content; a full piece is written when more follows it."""
        view = memoryview(content).cast("B")
        self._waiting += view
        while len(self._waiting) > PIECE_BYTES:
            self._put(self._waiting[:PIECE_BYTES], is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(view)

    def close(self) -> None:
        """Write the last piece and close the file."""
        if not self.closed:
            self._put(self._waiting, is_last=True)
            self._target.close()
        super().close()

    def _put(self, content: bytearray, *, is_last: bool) -> None:
        at = _place(self._key, self._name, self._pieces, is_last=is_last)
        self._target.write(self._key.seal(at, bytes(content), self._entropy))
        self._pieces += 1


class SealedReader(io.RawIOBase):
    """The content of a sealed file; reading raises `SealBroken` where it is not what was written.

    Whoever opens it closes it, and the file with it.
    """

    def __init__(self, source: BinaryIO, key: AccountKey, name: str) -> None:
        self._source = source
        self._key = key
        self._name = name
        sealed = source.seek(0, io.SEEK_END)
        self._pieces = max(-(-sealed // _SEALED_BYTES), 1)
        self._size = max(sealed - self._pieces * SEAL_BYTES, 0)
        self._at = 0
        self._opened: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        """Say at which place it is."""
        return self._at

    def readinto(self, target: "WriteableBuffer") -> int:
        """Give the next bytes, at most to the end of a piece."""
        view = memoryview(target).cast("B")
        number, start = divmod(self._at, PIECE_BYTES)
        if number >= self._pieces:
            return 0
        content = self._piece(number)[start : start + len(view)]
        view[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        """Close the file too."""
        self._source.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._opened[0] != number:
            self._source.seek(number * _SEALED_BYTES)
            at = _place(self._key, self._name, number, is_last=number == self._pieces - 1)
            self._opened = (number, self._key.open(at, self._source.read(_SEALED_BYTES)))
        return self._opened[1]


def open_sealed(source: BinaryIO, key: AccountKey, name: str) -> BinaryIO:
    """Open a sealed file for reading; one that is shorter than its seal is broken at once."""
    reader = SealedReader(source, key, name)
    try:
        reader.read(1)
    except SealBroken:
        reader.close()
        raise
    reader.seek(0)
    return io.BufferedReader(reader, PIECE_BYTES)


def _place(key: AccountKey, name: str, number: int, *, is_last: bool) -> bytes:
    row = f"{key.account_id}/{name}/{number}"
    return place("upload", row, "last" if is_last else "piece")
