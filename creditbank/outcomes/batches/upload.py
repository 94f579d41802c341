"""An uploaded file with its mapping and the other files that the mapping reads."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.json_lines import JsonLinesFile
from creditbank.outcomes.batches.mapping import (
    ENCODINGS,
    ImportMapping,
    identity_mapping,
    load_mapping,
)
from creditbank.outcomes.batches.rows import CsvFile
from creditbank.outcomes.batches.tables import OpenTable

CSV = "text/csv"
JSON_LINES = "application/x-ndjson"
DEFAULT_ENCODING = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file to import; opened anew for each pass over it."""

    media_type: str
    open: Callable[[], BinaryIO]
    open_table: OpenTable
    mapping_text: str | None
    encoding: str | None

    def source(self) -> CsvFile | JsonLinesFile:
        """Give the reader of the file's rows."""
        if self.media_type == JSON_LINES:
            return JsonLinesFile(open=self.open)
        mapping = load_mapping(self.mapping_text) if self.mapping_text else None
        encoding = self.encoding or (mapping.encoding if mapping else DEFAULT_ENCODING)
        if encoding not in ENCODINGS:
            facts = {"known": ENCODINGS}
            raise InvalidInput(
                [FieldProblem(field="encoding", code="encoding-unknown", facts=facts)]
            )
        delimiter = mapping.delimiter if mapping else ","
        return CsvFile(open=self.open, encoding=encoding, delimiter=delimiter)

    def mapping(self) -> ImportMapping:
        """Give the declared mapping, or that of a file whose header names a posting's fields."""
        if self.mapping_text:
            return load_mapping(self.mapping_text)
        return identity_mapping(self.source().header(), DEFAULT_ENCODING)

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


def open_plain_or_gzip(path: Path) -> BinaryIO:
    """Open a file, or its compressed copy `<name>.gz` beside it."""
    packed = path.with_name(f"{path.name}.gz")
    if path.suffix == ".gz":
        return cast("BinaryIO", gzip.open(path))  # GzipFile reads as a binary stream.
    if path.exists() or not packed.exists():
        return path.open("rb")
    return cast("BinaryIO", gzip.open(packed))  # GzipFile reads as a binary stream.


def tables_beside(folder: Path) -> OpenTable:
    """Give the opener of a mapping's other files, which lie in one folder."""

    def open_table(name: str) -> BinaryIO:
        try:
            return open_plain_or_gzip(folder / name)
        except FileNotFoundError:
            problem = FieldProblem(field="tables", code="table-missing", facts={"table": name})
            raise InvalidInput([problem]) from None

    return open_table
