"""An uploaded file with its mapping and the other files that the mapping reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import BinaryIO

from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.outcomes.batches.cell_words import sources_of
from creditbank.outcomes.batches.cells import (
    read_workbook,
    read_workbook_header,
    read_workbook_remarks,
)
from creditbank.outcomes.batches.encodings import find_encoding, head_of
from creditbank.outcomes.batches.headers import columns_by_field
from creditbank.outcomes.batches.lookups import OpenTable
from creditbank.outcomes.batches.mapping import (
    ImportMapping,
    identity_mapping,
    load_mapping,
    mapping_of_columns,
)
from creditbank.outcomes.batches.objects import read_object_remarks, read_objects
from creditbank.outcomes.batches.rows import (
    REMARK_BATCH,
    REMARK_ROW,
    RawRow,
    RowProblem,
    main_sheet,
    read_cells,
    read_header,
    read_rows,
)
from creditbank.outcomes.batches.unpack import PACKING_BROKEN, FileTooLarge

CSV = "text/csv"
JSON_LINES = "application/x-ndjson"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""XLSX; a file sent as CSV whose bytes are a workbook is read as what it is."""
MAPPING_BYTES_MAX = 1 << 20

_ZIP = b"PK\x03\x04"
_OLDER = b"\xd0\xcf\x11\xe0"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis"
_HEAD_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file to import; opened anew for each pass over it."""

    media_type: str
    open: Callable[[], BinaryIO]
    open_table: OpenTable
    mapping_text: str | None
    encoding: str | None

    def refuse_spreadsheet(self) -> None:
        """Raise `Refusal("spreadsheet-unsupported")` for a spreadsheet that is not XLSX."""
        is_other = self._head.startswith(_OLDER) or _OPEN_DOCUMENT in self._head
        if is_other or (self.media_type == JSON_LINES and self._head.startswith(_ZIP)):
            raise Refusal("spreadsheet-unsupported")

    def mapping(self) -> ImportMapping:
        """Give the declared mapping, or that of the file's own header; raises `InvalidInput`."""
        return self._mapping

    def rows(self, mapping: ImportMapping) -> Iterator[RawRow | RowProblem]:
        """Read the rows; raises `InvalidInput` where the file as such cannot be read."""
        with self.open() as stream:
            if self.media_type == JSON_LINES:
                yield from read_objects(stream)
            elif self._is_workbook:
                yield from read_workbook(stream, mapping)
            else:
                yield from read_rows(stream, mapping)

    def remarks(self) -> Iterator[tuple[str, ...]]:
        """Give the batch and row that each row of a returned report names; none for other files."""
        mapping = self.mapping()
        with self.open() as stream:
            if self.media_type == JSON_LINES:
                yield from read_object_remarks(stream)
            elif self._is_workbook:
                yield from read_workbook_remarks(stream, mapping.sheet)
            elif self.media_type == CSV:
                yield from self._csv_remarks(stream, mapping)

    def file_hash(self) -> bytes:
        """Give the SHA-256 of the file."""
        with self.open() as stream:
            return _hash(stream)

    def mapping_hash(self) -> bytes:
        """Give the SHA-256 of all else that decides what the rows are: mapping and tables."""
        digest = sha256(f"{self.encoding}\0{self.mapping_text}".encode())
        for table in self.mapping().tables.values():
            try:
                with self.open_table(table.file) as stream:
                    digest.update(_hash(stream))
            except (FileTooLarge, *PACKING_BROKEN):
                problem = FieldProblem(field=table.file, code="file-compression-broken")
                raise InvalidInput([problem]) from None
        return digest.digest()

    def _csv_remarks(self, stream: BinaryIO, mapping: ImportMapping) -> Iterator[tuple[str, ...]]:
        with self.open() as once_more:
            header, _ = read_header(once_more, mapping.encoding)
        if REMARK_ROW not in header:
            return
        sheet = replace(
            main_sheet(mapping),
            columns=(REMARK_BATCH, REMARK_ROW),
            optional=(REMARK_BATCH,),
            refuses_others=False,
        )
        yield from read_cells(stream, sheet)

    @cached_property
    def _head(self) -> bytes:
        return head_of(self.open, _HEAD_LENGTH)

    @property
    def _is_workbook(self) -> bool:
        return self.media_type == WORKBOOK or self._head.startswith(_ZIP)

    @cached_property
    def _mapping(self) -> ImportMapping:
        if self.mapping_text is None:
            return self._own_mapping()
        if self.media_type == JSON_LINES:
            raise InvalidInput([FieldProblem(field="mapping", code="mapping-needless")])
        return self._declared(load_mapping(self.mapping_text))

    def _declared(self, mapping: ImportMapping) -> ImportMapping:
        return mapping if self.encoding is None else mapping.in_encoding(self.encoding)

    def _own_mapping(self) -> ImportMapping:
        if self.media_type == JSON_LINES:
            return self._declared(identity_mapping())
        if self._is_workbook:
            with self.open() as stream:
                header = read_workbook_header(stream, None)
            return mapping_of_columns(sources_of(columns_by_field(header)))
        encoding = self.encoding or find_encoding(self.open)
        mapping_of_columns({}, encoding=encoding)
        with self.open() as stream:
            header, delimiter = read_header(stream, encoding)
        fields = sources_of(columns_by_field(header))
        return mapping_of_columns(fields, encoding=encoding, delimiter=delimiter)


def read_mapping(stream: BinaryIO) -> str:
    """Read the text of a mapping; raises `InvalidInput` unless it is short and UTF-8."""
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
