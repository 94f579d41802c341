"""OneRoster 1.1 and 1.2 (1EdTech): a folder or zip file of CSV files, whose results are postings.

The set is read by a mapping like any other files that belong together; the one that comes with us
is `oneroster.yaml`.
"""

import io
import zipfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.lookups import OpenTable, open_table_in
from creditbank.outcomes.batches.unpack import UNPACKED_BYTES_MAX, ZIP_BROKEN, Bounded
from creditbank.outcomes.batches.upload import Upload

ONEROSTER = "application/zip"
"""By which media type a set is uploaded."""

RESULTS = "results.csv"


def open_set(path: Path) -> OpenTable:
    """Make the opener of the files of a set that lies in a folder or a zip file."""
    return open_table_in(path) if path.is_dir() else open_zip(lambda: path.open("rb"))


def oneroster_upload(
    open_table: OpenTable, *, mapping_text: str | None = None, encoding: str | None = None
) -> Upload:
    """Give the upload of a set."""
    own = Path(__file__).with_suffix(".yaml").read_text("utf-8")
    return Upload(
        media_type=ONEROSTER,
        open=lambda: open_table(RESULTS),
        open_table=open_table,
        mapping_text=own if mapping_text is None else mapping_text,
        encoding=encoding,
    )


def open_zip(open_file: Callable[[], BinaryIO]) -> OpenTable:
    """Make the opener of the files of a zip file.

    It raises `InvalidInput`: `zip-unreadable`, `table-file-missing`, `field-repeated`.
    """

    def open_table(file: str) -> BinaryIO:
        with ExitStack() as opened:
            source = opened.enter_context(open_file())
            try:
                packed = zipfile.ZipFile(source)
                entry = _entry(packed.infolist(), file)
                entry.file_size = UNPACKED_BYTES_MAX + 1  # What it says of itself may be a lie.
                unpacked = Bounded(packed.open(entry), source)
            except ZIP_BROKEN:
                raise InvalidInput([FieldProblem(field="file", code="zip-unreadable")]) from None
            opened.pop_all()
            return io.BufferedReader(unpacked, 1 << 17)

    return open_table


def _entry(entries: Iterable[zipfile.ZipInfo], file: str) -> zipfile.ZipInfo:
    """Give the entry of a file, in whatever folder of the zip file it lies."""
    found = [one for one in entries if one.filename.rpartition("/")[2] == file]
    if not found:
        raise InvalidInput([FieldProblem(field=file, code="table-file-missing")])
    if len(found) > 1:
        raise InvalidInput([FieldProblem(field=file, code="field-repeated")])
    return found[0]
