"""Engines for SQLite and PostgreSQL: the only code, beside migrations, that knows which one it is.

A writing engine begins with the write lock on SQLite (`BEGIN IMMEDIATE`); a reading engine cannot
write. On SQLite every connection has `recursive_triggers`, without which `INSERT OR REPLACE` would
walk past the triggers that keep the log append-only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, Select, Table, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import SQLModel

BUSY_TIMEOUT_MS = 30_000
READERS_MAX = 16
IN_VALUES_MAX = 1_000
ROWS_A_FETCH = 1_000

ItemT = TypeVar("ItemT")


def table_of(model: type[SQLModel]) -> Table:
    """Give the table behind a table class, for statements that name columns."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel sets it untyped.


def open_writing_engine(url: str, *, forgetful: bool = False) -> Engine:
    """Open the engine whose transactions write; on SQLite each takes the write lock first.

    `forgetful` overwrites what is deleted with zeros, for the key store.
    """
    pragmas = ("secure_delete=ON",) if forgetful else ()
    return _open(url, begin="BEGIN IMMEDIATE", pragmas=pragmas)


def open_reading_engine(url: str) -> Engine:
    """Open the engine whose transactions can only read."""
    return _open(url, begin="BEGIN", pragmas=("query_only=ON",))


def chunks(items: Sequence[ItemT]) -> Iterator[Sequence[ItemT]]:
    """Cut a list of values for `IN (…)`, whose length the engines bound."""
    for start in range(0, len(items), IN_VALUES_MAX):
        yield items[start : start + IN_VALUES_MAX]


def stream(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Give the rows of a query without holding them all."""
    options = {"yield_per": ROWS_A_FETCH}
    yield from connection.execute(statement, execution_options=options)


class Readers:
    """Short read transactions over one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for one read transaction; nothing it does is kept."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Lend a connection that sees one moment of the database, however long it reads.

        SQLite's read transactions always do.
        """
        with self.reading() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


def _open(url: str, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        read_only = begin == "BEGIN"
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=READERS_MAX,
            execution_options={"postgresql_readonly": True} if read_only else {},
            isolation_level="READ COMMITTED",
        )
    engine = create_engine(parsed, pool_size=READERS_MAX, max_overflow=READERS_MAX)
    _prepare_sqlite(engine, begin, pragmas)
    return engine


def _prepare_sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    always = (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling would begin late and deferred; we begin ourselves.
        connection.isolation_level = None
        for pragma in (*always, *pragmas):
            connection.cursor().execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
