"""Open a file that may be compressed; what unpacks without end is stopped."""

import gzip
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

UNPACKED_BYTES_MAX = 512 << 20
"""The most bytes that a compressed file may unpack to: as many as an upload may have."""

PACKING_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error)
"""What reading a damaged gzip file raises."""

_GZIP = b"\x1f\x8b"


class FileTooLarge(Exception):
    """A compressed file unpacks to more than `UNPACKED_BYTES_MAX`."""


class _Unpacked(io.RawIOBase):
    """The content of a gzip file (RFC 1952), counted as it is read."""

    def __init__(self, path: Path) -> None:
        self._file = gzip.GzipFile(path)
        self._left = UNPACKED_BYTES_MAX

    def readable(self) -> bool:
        return True

    def readinto(self, target: "WriteableBuffer") -> int:
        count = self._file.readinto(target)
        self._left -= count
        if self._left < 0:
            raise FileTooLarge
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def open_unpacked(path: Path) -> BinaryIO:
    """Open a file for reading; where its name or its first bytes say gzip, its content is read."""
    with path.open("rb") as stream:
        is_packed = path.suffix == ".gz" or stream.read(len(_GZIP)) == _GZIP
    return io.BufferedReader(_Unpacked(path), 1 << 17) if is_packed else path.open("rb")
