"""Throw-away banks: one founded bank with a provider, copied as often as a row needs it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from creditbank.access.api_keys import IssueApiKey
from creditbank.bank import Bank, open_bank
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses
from creditbank.founding import init_bank
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.settings import Settings
from tests.fixtures.servers import PostgresServer

EXAMPLES = Path(__file__).parents[1] / "examples" / "oulad"
ORIGIN = "http://bank.test"


class Engine(Protocol):
    """One database engine; a copy of a bank is a bank of its own with the same keys."""

    @property
    def name(self) -> str:
        """The engine's name."""
        ...

    @property
    def folder(self) -> Path:
        """Where its banks' files lie."""
        ...

    def settings(self, name: str) -> Settings:
        """Name a bank that is not there yet."""
        ...

    def copy(self, bank: Settings, name: str) -> Settings:
        """Copy a closed bank."""
        ...

    def sizes(self, bank: Settings) -> tuple[int, int]:
        """Give the bytes that the bank's database and its key store take on the disk."""
        ...


@dataclass(frozen=True)
class SqliteEngine:
    """SQLite files in one folder."""

    folder: Path
    name: str = "SQLite"

    def settings(self, name: str) -> Settings:
        """Name a bank that is not there yet."""
        return Settings(data_dir=self.folder / name, origin=ORIGIN)

    def copy(self, bank: Settings, name: str) -> Settings:
        """Copy a closed bank."""
        shutil.copytree(bank.data_dir, self.folder / name)
        return self.settings(name)

    def sizes(self, bank: Settings) -> tuple[int, int]:
        """Give the bytes of both files, after what waited beside them was written into them."""
        return (bank.data_dir / "bank.db").stat().st_size, (
            bank.data_dir / "keys.db"
        ).stat().st_size


@dataclass(frozen=True)
class PostgresEngine:
    """Databases of one PostgreSQL cluster, and the key files in one folder."""

    folder: Path
    server: PostgresServer
    name: str = "PostgreSQL"

    def settings(self, name: str) -> Settings:
        """Name a bank that is not there yet."""
        url, keys = self.server.create_database(), self.server.create_database()
        return self._settings(name, url, keys)

    def copy(self, bank: Settings, name: str) -> Settings:
        """Copy a closed bank."""
        data, keys = f"{name}_data", f"{name}_keys"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            for database, template in ((data, bank.bank_database), (keys, bank.key_database)):
                connection.execute(f"CREATE DATABASE {database} TEMPLATE {_database(template)}")
        shutil.copytree(bank.data_dir, self.folder / name)
        return self._settings(name, self._url(data), self._url(keys))

    def sizes(self, bank: Settings) -> tuple[int, int]:
        """Give the bytes of both databases."""
        return _database_size(bank.bank_database), _database_size(bank.key_database)

    def version(self) -> str:
        """Give the server's version."""
        with psycopg.connect(self._url("postgres")) as connection:
            return f"{connection.info.server_version // 10_000}"

    def _url(self, database: str) -> str:
        return f"postgresql://bank@/{database}?host={self.server.folder}&port=5432"

    def _settings(self, name: str, url: str, keys: str) -> Settings:
        return Settings(
            data_dir=self.folder / name, origin=ORIGIN, database_url=url, keystore_url=keys
        )


def _database(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def _database_size(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert found is not None  # noqa: S101 - a SELECT without FROM gives one row
    return int(found[0])


@contextmanager
def postgres(folder: Path) -> Iterator[PostgresEngine]:
    """Lend a PostgreSQL cluster of its own."""
    (folder / "cluster").mkdir()
    (folder / "banks").mkdir()
    server = PostgresServer(folder / "cluster")
    try:
        yield PostgresEngine(folder / "banks", server)
    finally:
        server.stop()


@contextmanager
def opened(settings: Settings) -> Iterator[Bank]:
    """Lend an open bank."""
    bank = open_bank(settings)
    try:
        yield bank
    finally:
        bank.close()


@dataclass(frozen=True)
class Founded:
    """A closed bank with one provider that has the courses of the open university."""

    settings: Settings
    institution: str
    api_key: str


def found(engine: Engine, name: str) -> Founded:
    """Found a bank."""
    settings = engine.settings(name)
    init_bank(settings)
    with opened(settings) as bank:
        command = RegisterInstitution(kind=InstitutionKind.PROVIDER, name="开放大学")
        institution = bank.writer.write(command).answer.id
        schemes, definitions = read_courses(
            (EXAMPLES / "courses.yaml").read_text("utf-8"), institution
        )
        bank.writer.write(
            ImportCourses(institution_id=institution, schemes=schemes, definitions=definitions)
        )
        api_key = bank.writer.write(IssueApiKey(institution_id=institution)).answer
    return Founded(settings, institution, api_key)
