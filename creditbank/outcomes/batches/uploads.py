"""Uploads in progress: a folder a batch, kept until the batch is settled, then removed.

The folder stands before the batch's row is written, so that a started batch can always be resumed;
a folder without a row is a left-over of a crash and is swept. Whoever works with a folder holds it;
the system lets go of what a dead process held.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.oneroster import ONEROSTER, oneroster_upload
from creditbank.outcomes.batches.unpack import open_unpacked
from creditbank.outcomes.batches.upload import Upload, read_mapping

_DATA, _MAPPING, _TABLES = "data", "mapping.yaml", "tables"
_TABLE_NAME = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]*")
_NAME_BYTES_MAX = 200


class Uploads:
    """The folder of uploads under the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "uploads"

    @contextmanager
    def held(self, batch_id: str) -> Iterator[bool]:
        """Hold a batch's folder; False where it is gone or someone else holds it."""
        try:
            descriptor = os.open(self._root / batch_id, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            yield False
            return
        try:
            yield _lock(descriptor)
        finally:
            os.close(descriptor)

    def make(self, batch_id: str) -> None:
        """Make the folder of a file that is not yet a batch, for the owner's eyes only."""
        folder = self._root / batch_id
        (folder / _TABLES).mkdir(parents=True)
        folder.chmod(0o700)

    def write_target(self, batch_id: str, table: str | None = None) -> BinaryIO:
        """Open the file to which an upload (or one of its tables) is streamed.

        Raises `InvalidInput`: `table-name-wrong` for a name that could lead elsewhere,
        `field-repeated` for a second file of the same name.
        """
        folder = self._root / batch_id
        if table is not None:
            return _open_new("tables", folder / _TABLES / _safe(table))
        return _open_new("file", folder / _DATA)

    def write_mapping_target(self, batch_id: str) -> BinaryIO:
        """Open the file to which a mapping is streamed; raises `InvalidInput` for a second one."""
        return _open_new("mapping", self._root / batch_id / _MAPPING)

    def upload(self, batch_id: str, *, media_type: str, encoding: str | None) -> Upload | None:
        """Give a batch's upload, or None when its folder is gone."""
        folder = self._root / batch_id
        if not (folder / _DATA).exists():
            return None
        mapping = folder / _MAPPING
        mapping_text = read_mapping(mapping) if mapping.exists() else None
        if media_type == ONEROSTER:
            return oneroster_upload(folder / _DATA, mapping_text=mapping_text, encoding=encoding)
        return Upload(
            media_type=media_type,
            open=lambda: open_unpacked(folder / _DATA),
            open_table=open_table_in(folder / _TABLES),
            mapping_text=mapping_text,
            encoding=encoding,
        )

    def remove(self, batch_id: str) -> None:
        """Remove a batch's folder."""
        shutil.rmtree(self._root / batch_id, ignore_errors=True)

    def present(self) -> list[str]:
        """Name the folders that are there."""
        if not self._root.exists():
            return []
        return sorted(folder.name for folder in self._root.iterdir() if folder.is_dir())


def _open_new(field: str, path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except FileExistsError:
        raise InvalidInput([FieldProblem(field=field, code="field-repeated")]) from None


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _safe(table: str) -> str:
    if _TABLE_NAME.fullmatch(table) is None or len(table.encode()) > _NAME_BYTES_MAX:
        raise InvalidInput([FieldProblem(field="tables", code="table-name-wrong")])
    return table
