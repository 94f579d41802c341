"""Uploads in progress: a folder a batch, kept until the batch is settled, then removed.

The folder stands before the batch's row is written, so that a started batch can always be resumed;
a folder without a row is a left-over of a crash and is swept. Whoever works with a folder holds it;
the system lets go of what a dead process held. Every file in it is sealed under the batch's key,
which is stored when the batch starts: what was never started nobody can read.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.oneroster import ONEROSTER, oneroster_upload, open_zip
from creditbank.outcomes.batches.sealed_file import SealedWriter, open_sealed
from creditbank.outcomes.batches.unpack import unpacked
from creditbank.outcomes.batches.upload import Upload, read_mapping

_DATA, _MAPPING, _TABLES = "data", "mapping.yaml", "tables"
_TABLE_NAME = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]*")
_NAME_BYTES_MAX = 200


class Uploads:
    """The folder of uploads under the data folder."""

    def __init__(self, data_dir: Path, entropy: Callable[[int], bytes]) -> None:
        self._root = data_dir / "uploads"
        self._entropy = entropy

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

    def write_target(self, key: AccountKey, table: str | None = None) -> BinaryIO:
        """Open the file to which an upload (or one of its tables) is streamed under a batch's key.

        Raises `InvalidInput`: `table-name-wrong` for a name that could lead elsewhere,
        `field-repeated` for a second file of the same name.
        """
        if table is not None:
            return self._open_new("tables", key, Path(_TABLES, _safe(table)))
        return self._open_new("file", key, Path(_DATA))

    def write_mapping_target(self, key: AccountKey) -> BinaryIO:
        """Open the file to which a mapping is streamed; raises `InvalidInput` for a second one."""
        return self._open_new("mapping", key, Path(_MAPPING))

    def upload(self, key: AccountKey, *, media_type: str, encoding: str | None) -> Upload | None:
        """Give a batch's upload, or None when its folder is gone; raises `SealBroken`."""
        folder = self._root / key.account_id
        if not (folder / _DATA).exists():
            return None
        mapping_text = self._mapping_text(key, folder / _MAPPING)
        if media_type == ONEROSTER:
            open_table = open_zip(lambda: self._open(key, folder / _DATA))
            return oneroster_upload(open_table, mapping_text=mapping_text, encoding=encoding)
        return Upload(
            media_type=media_type,
            open=lambda: self._open_unpacked(key, folder / _DATA),
            open_table=open_table_in(folder / _TABLES, partial(self._open_unpacked, key)),
            mapping_text=mapping_text,
            encoding=encoding,
        )

    def note_target(self, key: AccountKey, note: str) -> BinaryIO:
        """Open a note beside a batch's file, such as what became of its rows, to be written."""
        target = (self._root / key.account_id / note).open("wb")
        return cast("BinaryIO", SealedWriter(target, key, note, self._entropy))

    def put_note(self, key: AccountKey, note: str, content: bytes) -> None:
        """Write a note whole; whoever reads it meanwhile finds the one of before."""
        unfinished = self._root / key.account_id / f".{note}"
        with cast(
            "BinaryIO", SealedWriter(unfinished.open("wb"), key, note, self._entropy)
        ) as target:
            target.write(content)
        unfinished.replace(unfinished.with_name(note))

    def open_note(self, key: AccountKey, note: str) -> BinaryIO | None:
        """Open a note for reading, None where there is none; raises `SealBroken`."""
        path = self._root / key.account_id / note
        return self._open(key, path) if path.exists() else None

    def has_note(self, batch_id: str, note: str) -> bool:
        """Say whether a folder has this note."""
        return (self._root / batch_id / note).exists()

    def is_younger(self, batch_id: str, note: str, seconds: int, now: datetime) -> bool:
        """Say whether a folder has this note, and it is not as old as this."""
        try:
            written = (self._root / batch_id / note).stat().st_mtime
        except FileNotFoundError:
            return False
        return now.timestamp() - written < seconds

    def remove(self, batch_id: str) -> None:
        """Remove a batch's folder."""
        shutil.rmtree(self._root / batch_id, ignore_errors=True)

    def present(self) -> list[str]:
        """Name the folders that are there."""
        if not self._root.exists():
            return []
        return sorted(folder.name for folder in self._root.iterdir() if folder.is_dir())

    def _open_new(self, field: str, key: AccountKey, name: Path) -> BinaryIO:
        try:
            target = (self._root / key.account_id / name).open("xb")
        except FileExistsError:
            raise InvalidInput([FieldProblem(field=field, code="field-repeated")]) from None
        return cast("BinaryIO", SealedWriter(target, key, name.as_posix(), self._entropy))

    def _open(self, key: AccountKey, path: Path) -> BinaryIO:
        name = path.relative_to(self._root / key.account_id).as_posix()
        return open_sealed(path.open("rb"), key, name)

    def _open_unpacked(self, key: AccountKey, path: Path) -> BinaryIO:
        return unpacked(lambda: self._open(key, path), path)

    def _mapping_text(self, key: AccountKey, path: Path) -> str | None:
        if not path.exists():
            return None
        with self._open(key, path) as stream:
            return read_mapping(stream)


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
