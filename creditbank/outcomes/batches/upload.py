"""An uploaded file with its mapping and the other files that the mapping reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.batches.lookups import OpenTable
from creditbank.outcomes.batches.mapping import ImportMapping, identity_mapping, load_mapping
from creditbank.outcomes.batches.objects import read_objects
from creditbank.outcomes.batches.rows import RawRow, RowProblem, read_rows

CSV = "text/csv"
JSON_LINES = "application/x-ndjson"
MAPPING_BYTES_MAX = 1 << 20

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX and other zip files, and the older XLS, begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file to import; opened anew for each pass over it."""

    media_type: str
    open: Callable[[], BinaryIO]
    open_table: OpenTable
    mapping_text: str | None
    encoding: str | None

    def refuse_spreadsheet(self) -> None:
        """Raise `Refusal("spreadsheet-unsupported")` for a file that no text editor can read."""
        with self.open() as stream:
            if stream.read(4) in _SPREADSHEETS:
                raise Refusal("spreadsheet-unsupported")

    def mapping(self) -> ImportMapping:
        """Give the declared mapping, or that of a file whose header names a posting's fields."""
        if self.mapping_text is None:
            mapping = identity_mapping()
        elif self.media_type == JSON_LINES:
            raise InvalidInput([FieldProblem(field="mapping", code="mapping-needless")])
        else:
            mapping = load_mapping(self.mapping_text)
        return mapping if self.encoding is None else mapping.in_encoding(self.encoding)

    def rows(self, mapping: ImportMapping) -> Iterator[RawRow | RowProblem]:
        """Read the rows; raises `InvalidInput` where the file as such cannot be read."""
        with self.open() as stream:
            if self.media_type == JSON_LINES:
                yield from read_objects(stream)
            else:
                yield from read_rows(stream, mapping)

    def file_hash(self) -> bytes:
        """Give the SHA-256 of the file."""
        with self.open() as stream:
            return _hash(stream)

    def mapping_hash(self) -> bytes:
        """Give the SHA-256 of all else that decides what the rows are: mapping and tables."""
        digest = sha256(f"{self.encoding}\0{self.mapping_text}".encode())
        for table in self.mapping().tables.values():
            with self.open_table(table.file) as stream:
                digest.update(_hash(stream))
        return digest.digest()


def read_mapping(path: Path) -> str:
    """Read the text of a mapping; raises `InvalidInput` unless it is short and UTF-8."""
    with path.open("rb") as stream:
        data = stream.read(MAPPING_BYTES_MAX + 1)
    if len(data) > MAPPING_BYTES_MAX:
        facts = {"bytes_max": MAPPING_BYTES_MAX}
        raise InvalidInput([FieldProblem(field="mapping", code="file-too-large", facts=facts)])
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InvalidInput([FieldProblem(field="mapping", code="text-not-utf-8")]) from None


def _hash(stream: BinaryIO) -> bytes:
    digest = sha256()
    while data := stream.read(1 << 20):
        digest.update(data)
    return digest.digest()
