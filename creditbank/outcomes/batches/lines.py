"""A file as decoded lines, streamed, with the place of everything that makes it unreadable."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from creditbank.errors import Fact, FieldProblem, InvalidInput
from creditbank.outcomes.batches.encodings import NotUtf16, Recoded
from creditbank.outcomes.batches.unpack import PACKING_BROKEN, UNPACKED_BYTES_MAX, FileTooLarge

ROW_BYTES_MAX = 1_048_576
"""The most bytes that one row may take, line breaks inside quotes included."""

_BOM = b"\xef\xbb\xbf"


class Lines:
    """The lines of a file in a declared encoding; the reader says where each of its rows ends.

    Structural problems raise `InvalidInput`, with the row (0 is the header) and the byte offset:
    `file-encoding-wrong`, `file-nul-byte`, `file-row-too-long`, `file-compression-broken`,
    `file-too-large` (unpacked).
    """

    def __init__(self, stream: BinaryIO, *, file: str, encoding: str) -> None:
        is_recoded = encoding == "utf-16"
        self._stream: BinaryIO = io.BufferedReader(Recoded(stream)) if is_recoded else stream
        self._file = file
        self._encoding = "utf-8" if is_recoded else encoding
        self._offset = 0
        self._row_offset = 0
        self.row = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._read():
            if self._offset == 0 and self._encoding == "utf-8" and line.startswith(_BOM):
                line = line[len(_BOM) :]
                self._offset = len(_BOM)
            if b"\0" in line:
                raise self.problem("file-nul-byte", byte=self._offset + line.index(b"\0"))
            try:
                text = line.decode(self._encoding)
            except UnicodeDecodeError as error:
                raise self.problem(
                    "file-encoding-wrong",
                    byte=self._offset + error.start,
                    encoding=self._encoding,
                ) from None
            self._offset += len(line)
            if self._offset - self._row_offset > ROW_BYTES_MAX:
                raise self.problem("file-row-too-long", bytes_max=ROW_BYTES_MAX)
            yield text

    def end_row(self) -> None:
        """Say that everything up to here was whole rows."""
        self.row += 1
        self._row_offset = self._offset

    def problem(self, code: str, **facts: Fact) -> InvalidInput:
        """Make the refusal of the file for what stands in the present row."""
        place: dict[str, Fact] = {"row": self.row, "byte": self._row_offset, **facts}
        return InvalidInput([FieldProblem(field=self._file, code=code, facts=place)])

    def _read(self) -> bytes:
        try:
            return self._stream.readline(ROW_BYTES_MAX + 1)
        except PACKING_BROKEN:
            raise self.problem("file-compression-broken") from None
        except NotUtf16 as wrong:
            raise self.problem("file-encoding-wrong", byte=wrong.byte, encoding="utf-16") from None
        except FileTooLarge:
            raise self.problem("file-too-large", bytes_max=UNPACKED_BYTES_MAX) from None
