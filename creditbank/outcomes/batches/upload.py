"""An uploaded file with its mapping and the other files that the mapping reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from creditbank.outcomes.batches.lookups import OpenTable
from creditbank.outcomes.batches.mapping import ImportMapping, identity_mapping, load_mapping
from creditbank.outcomes.batches.objects import read_objects
from creditbank.outcomes.batches.rows import RawRow, RowProblem, read_rows

CSV = "text/csv"
JSON_LINES = "application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file to import; opened anew for each pass over it."""

    media_type: str
    open: Callable[[], BinaryIO]
    open_table: OpenTable
    mapping_text: str | None
    encoding: str | None

    def mapping(self) -> ImportMapping:
        """Give the declared mapping, or that of a file whose header names a posting's fields."""
        mapping = load_mapping(self.mapping_text) if self.mapping_text else identity_mapping()
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
        digest = sha256()
        with self.open() as stream:
            while data := stream.read(1 << 20):
                digest.update(data)
        return digest.digest()

    def mapping_hash(self) -> bytes:
        """Give the SHA-256 of all that decides how the file is read."""
        return sha256(f"{self.encoding}\0{self.mapping_text}".encode()).digest()
