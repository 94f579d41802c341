"""In which encoding a file without a declared one is written: found by reading it, never guessed.

A byte order mark decides; else text that is UTF-8 throughout is UTF-8, and text that is GB18030
throughout (GBK and GB 2312 are parts of it) is GB18030.
"""

import codecs
import io
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from creditbank.outcomes.batches.unpack import PACKING_BROKEN, FileTooLarge

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PIECE = 1 << 18
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def find_encoding(open_file: Callable[[], BinaryIO]) -> str:
    """Give the encoding of a file; UTF-8 where it is neither, so that the place is named later.

    What cannot be decompressed passes for UTF-8 too: reading it says why.
    """
    start = head_of(open_file, len(codecs.BOM_UTF8))
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    return next((name for name in ("utf-8", "gb18030") if _is_in(name, open_file)), "utf-8")


def head_of(open_file: Callable[[], BinaryIO], length: int) -> bytes:
    """Give the first bytes of a file; none where it cannot be decompressed."""
    with suppress(FileTooLarge, *PACKING_BROKEN), open_file() as stream:
        return stream.read(length)
    return b""


def _is_in(encoding: str, open_file: Callable[[], BinaryIO]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with open_file() as stream:
            while piece := stream.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, FileTooLarge, *PACKING_BROKEN):
        return False
    return True


class NotUtf16(Exception):
    """A file is not the UTF-16 that it was said to be; `byte` is where."""

    def __init__(self, byte: int) -> None:
        super().__init__(byte)
        self.byte = byte


class Recoded(io.RawIOBase):
    """The content of a UTF-16 file as UTF-8, whose lines end with one byte; raises `NotUtf16`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")()
        self._read = 0
        self._ready = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, target: "WriteableBuffer") -> int:
        """Give the next bytes."""
        view = memoryview(target).cast("B")
        while not self._ready:
            piece = self._stream.read(_PIECE)
            self._ready = self._decoded(piece)
            if not piece:
                break
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _decoded(self, piece: bytes) -> bytes:
        pending = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(piece, final=not piece)
            self._read += len(piece)
            return text.encode()
        except UnicodeError as error:
            place = error.start if isinstance(error, UnicodeDecodeError) else 0
            raise NotUtf16(self._read - pending + place) from None
