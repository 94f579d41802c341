"""Where the sealed bytes of evidence lie: an interface, and a folder behind it.

A file is written whole and flushed before its row is, so that a row never names what is not there;
a file without a row is a left-over of a crash and is swept.
"""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

_NAME = re.compile(r"[0-9a-f]{32}")
_UNFINISHED = ".new"


class EvidenceStore(Protocol):
    """Keeps sealed files by random ids of 32 hex digits."""

    def put(self, file_id: str, sealed: bytes) -> None:
        """Keep a file; it is durable when this returns."""
        ...

    def get(self, file_id: str) -> bytes | None:
        """Give a file, or None where there is none."""
        ...

    def delete(self, file_id: str) -> None:
        """Delete a file; one that is not there is deleted already."""
        ...

    def put_before(self, moment: datetime) -> Iterator[str]:
        """Give the ids of the files that were put before a moment."""
        ...


class EvidenceFolder:
    """Sealed files in a folder, in sub-folders of the first two digits."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, file_id: str, sealed: bytes) -> None:
        """Write beside, flush, rename, flush the folder."""
        path = self._path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(_UNFINISHED)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(sealed)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
        for folder in (path.parent, self._root):
            _flush_folder(folder)

    def get(self, file_id: str) -> bytes | None:
        """Read a file."""
        try:
            return self._path(file_id).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, file_id: str) -> None:
        """Remove a file."""
        path = self._path(file_id)
        for one in (path, path.with_suffix(_UNFINISHED)):
            one.unlink(missing_ok=True)
        if path.parent.exists():
            _flush_folder(path.parent)

    def put_before(self, moment: datetime) -> Iterator[str]:
        """Give the ids by the files' own times; what was never finished is among them."""
        for path in self._root.glob("??/*"):
            if path.stat().st_mtime < moment.timestamp():
                yield path.stem

    def _path(self, file_id: str) -> Path:
        if _NAME.fullmatch(file_id) is None:
            raise ValueError(file_id)
        return self._root / file_id[:2] / file_id


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
