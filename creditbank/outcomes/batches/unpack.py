"""Open a file that may be compressed; what unpacks without end is stopped."""

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

UNPACKED_BYTES_MAX = 512 << 20
"""The most bytes that a compressed file may unpack to: as many as an upload may have."""

ZIP_BROKEN = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What opening a damaged, foreign or hostile zip file raises."""

PACKING_BROKEN = (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error)
"""What reading a damaged gzip or zip file raises."""

_GZIP = b"\x1f\x8b"


class FileTooLarge(Exception):
    """A compressed file unpacks to more than `UNPACKED_BYTES_MAX`."""


class Bounded(io.RawIOBase):
    """What a packed file holds, counted as it is read; raises `FileTooLarge`."""

    def __init__(self, unpacked: IO[bytes] | gzip.GzipFile, packed: BinaryIO) -> None:
        self._file = unpacked
        self._packed = packed
        self._left = UNPACKED_BYTES_MAX

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, target: "WriteableBuffer") -> int:
        """Give the next bytes."""
        view = memoryview(target).cast("B")
        content = self._file.read(len(view))
        count = len(content)
        view[:count] = content
        self._left -= count
        if self._left < 0:
            raise FileTooLarge
        return count

    def close(self) -> None:
        """Close all of it."""
        self._file.close()
        self._packed.close()
        super().close()


def open_unpacked(path: Path) -> BinaryIO:
    """Open a file for reading; where its name or its first bytes say gzip, its content is read."""
    return unpacked(lambda: path.open("rb"), path)


def unpacked(open_file: Callable[[], BinaryIO], path: Path) -> BinaryIO:
    """Open a file for reading as `open_unpacked` does, by other means than its path."""
    file = open_file()
    is_packed = path.suffix == ".gz" or file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    if not is_packed:
        return file
    return io.BufferedReader(Bounded(gzip.GzipFile(fileobj=file), file), 1 << 17)
