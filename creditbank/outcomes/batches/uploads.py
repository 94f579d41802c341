"""Uploads in progress: a folder a batch, kept until the batch is settled, then removed.

The folder stands before the batch's row is written, so that a started batch can always be resumed;
a folder without a row is a left-over of a crash and is swept. Whoever works on a folder holds it:
processes that share the data folder never settle, or sweep, what another one has in hand.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.upload import Upload

_DATA, _MAPPING, _TABLES, _LOCK = "data", "mapping.yaml", "tables", "lock"


class Uploads:
    """The folder of uploads under the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "uploads"

    def folder(self, batch_id: str) -> Path:
        """Make the folder of a batch (or of a file not yet started), for the owner's eyes only."""
        folder = self._root / batch_id
        (folder / _TABLES).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        return folder

    @contextmanager
    def holding(self, batch_id: str) -> Iterator[bool]:
        """Hold a batch's folder; gives False when it is gone or another process holds it.

        The hold ends with the process, whatever kills it.
        """
        try:
            descriptor = os.open(self._root / batch_id / _LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
        except FileNotFoundError:
            yield False
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)

    def write_target(self, batch_id: str, table: str | None = None) -> BinaryIO:
        """Open the file to which an upload (or one of its tables) is streamed."""
        folder = self.folder(batch_id)
        return (folder / _TABLES / Path(table).name if table else folder / _DATA).open("wb")

    def keep_mapping(self, batch_id: str, text: str) -> None:
        """Keep the mapping of an upload."""
        (self.folder(batch_id) / _MAPPING).write_text(text, "utf-8")

    def upload(self, batch_id: str, *, media_type: str, encoding: str | None) -> Upload | None:
        """Give a batch's upload, or None when its folder is gone."""
        folder = self._root / batch_id
        if not (folder / _DATA).exists():
            return None
        mapping = folder / _MAPPING
        return Upload(
            media_type=media_type,
            open=lambda: (folder / _DATA).open("rb"),
            open_table=open_table_in(folder / _TABLES),
            mapping_text=mapping.read_text("utf-8") if mapping.exists() else None,
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
