"""Where an audit reads a log from: a directory or a web address of tlog-tiles, or the database."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sqlalchemy import Connection

from ledger.errors import NotInLog
from ledger.merkle import HASH_BYTES
from ledger.read import newest_checkpoint, read_bundle, read_tile
from ledger.tiles import WIDTH, bundle, entries_path, tile_path, unbundle

_NOT_FOUND = frozenset({404, 410})
_SECONDS_MAX = 30.0
_USER_AGENT = "creditbank-audit/1"


class Source(Protocol):
    """A log as tlog-tiles gives it; each method raises `NotInLog` for what is not there."""

    def checkpoint(self) -> str:
        """Give the newest published note."""
        ...

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Give the first `width` hashes of a tile."""
        ...

    def entries(self, number: int, width: int) -> bytes:
        """Give the bundle of the first `width` entries of a level-0 tile."""
        ...


class DatabaseSource:
    """The log's own tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def checkpoint(self) -> str:
        """Give the newest published note."""
        newest = newest_checkpoint(self._connection)
        if newest is None:
            raise NotInLog("no checkpoint is published")
        return newest.note

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Give the first `width` hashes of a tile."""
        data = read_tile(self._connection, level, number, width)
        if data is None:
            raise NotInLog(f"there is no tile {level}/{number}")
        return data

    def entries(self, number: int, width: int) -> bytes:
        """Give the bundle of the first `width` entries of a level-0 tile."""
        return read_bundle(self._connection, number, width)


class _FileSource(ABC):
    """What directory and web have in common: names of files, and full tiles for missing parts."""

    @abstractmethod
    def _read(self, path: str) -> bytes:
        """Give a file below the log's prefix; raises `NotInLog`."""

    def checkpoint(self) -> str:
        """Give the newest published note."""
        return self._read("checkpoint").decode("utf-8", "replace")

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Give the first `width` hashes of a tile."""
        try:
            return self._read(tile_path(level, number, width))
        except NotInLog:
            if width == WIDTH:
                raise
            return self._read(tile_path(level, number))[: width * HASH_BYTES]

    def entries(self, number: int, width: int) -> bytes:
        """Give the bundle of the first `width` entries of a level-0 tile."""
        try:
            return self._read(entries_path(number, width))
        except NotInLog:
            if width == WIDTH:
                raise
            return bundle(unbundle(self._read(entries_path(number)))[:width])


class DirectorySource(_FileSource):
    """A copy of a log in files, named as tlog-tiles names them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def _read(self, path: str) -> bytes:
        try:
            return (self._directory / path).read_bytes()
        except FileNotFoundError:
            raise NotInLog(f"there is no {path}") from None


class HTTPSource(_FileSource):
    """A log behind its URL prefix; trouble of the network is raised as it is, not as a lie."""

    def __init__(self, prefix: str) -> None:
        if not prefix.startswith(("https://", "http://")):
            raise ValueError("a log's prefix is an http or https URL")
        self._prefix = prefix.rstrip("/")

    def _read(self, path: str) -> bytes:
        request = Request(f"{self._prefix}/{path}", headers={"User-Agent": _USER_AGENT})  # noqa: S310 - the scheme is checked above.
        try:
            with urlopen(request, timeout=_SECONDS_MAX) as response:  # noqa: S310 - as above.
                data: bytes = response.read()
        except HTTPError as error:
            with error:
                if error.code not in _NOT_FOUND:
                    raise
            raise NotInLog(f"there is no {path}") from None
        return data
