"""Engines for SQLite and PostgreSQL: with `among` and migrations all code that knows which one.

A writing engine begins with the write lock on SQLite (`BEGIN IMMEDIATE`), unless it only reads; a
reading engine cannot write. On SQLite every connection has `recursive_triggers`, without which
`INSERT OR REPLACE` would walk past the triggers that keep the log append-only.

On PostgreSQL a connection is tried before it is lent, so that the first request after a restart of
the server finds a new one; statements and locks are waited for within bounds. A process holds 17
connections at most: eight readers, eight to the key store, one writer.
"""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any, Self, TypeVar, cast

from sqlalchemy import URL, Connection, Engine, Select, Table, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import SQLModel

from creditbank.errors import Refusal

BUSY_TIMEOUT_MS = 30_000
READ_STATEMENT_TIMEOUT_MS = 30_000
WRITE_STATEMENT_TIMEOUT_MS = 120_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 300_000
CONNECT_TIMEOUT_SECONDS = 5
POOL_TIMEOUT_SECONDS = 10
POSTGRESQL_CONNECTIONS_MAX = 8
KEEPALIVE_SECONDS = 10
READERS_MAX = 16
IN_VALUES_MAX = 1_000
ROWS_A_FETCH = 1_000

ItemT = TypeVar("ItemT")

_log = logging.getLogger(__name__)


def table_of(model: type[SQLModel]) -> Table:
    """Give the table behind a table class, for statements that name columns."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel sets it untyped.


def open_writing_engine(url: str) -> Engine:
    """Open the engine whose transactions write; on SQLite each that may takes the write lock first.

    There what is deleted is overwritten with zeros.
    """
    return _open(url, begin="BEGIN IMMEDIATE", pragmas=("secure_delete=ON",))


def open_reading_engine(url: str) -> Engine:
    """Open the engine whose transactions can only read."""
    return _open(url, begin="BEGIN", pragmas=("query_only=ON",))


def chunks(items: Sequence[ItemT]) -> Iterator[Sequence[ItemT]]:
    """Cut a list of values for `IN (…)`, whose length the engines bound."""
    for start in range(0, len(items), IN_VALUES_MAX):
        yield items[start : start + IN_VALUES_MAX]


def clear_old_pages(engine: Engine) -> None:
    """Empty the write-ahead log of SQLite, whose old pages hold what was there before.

    On PostgreSQL they go with vacuum and the recycling of its log.
    """
    if engine.dialect.name == "sqlite":
        with answering(), engine.connect() as connection:
            # A pragma that checkpoints runs outside any transaction.
            raw = connection.connection.dbapi_connection
            assert raw is not None  # noqa: S101 - the connection was just opened
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_shared(url: str) -> bool:
    """Say whether several processes may serve from this database at once."""
    return make_url(url).get_backend_name() == "postgresql"


def is_present(url: str) -> bool:
    """Say whether there may be a database; asking an absent SQLite file would create it."""
    parsed = make_url(url)
    return is_shared(url) or parsed.database is None or Path(parsed.database).exists()


@contextmanager
def answering() -> Iterator[None]:
    """Raise `Refusal("unavailable")` when the database does not answer.

    `Refusal("busy")` says that every connection is taken for too long.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        _log.warning("the database did not answer: %s", error.orig)
        raise Refusal("unavailable", retry_after_seconds=1) from error
    except PoolExhausted as error:
        raise Refusal("busy", retry_after_seconds=1) from error


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """Lend a connection for one transaction that is never committed; raises as `answering` does.

    On SQLite it takes no write lock, also where the engine's others do.
    """
    with answering(), engine.connect() as connection:
        yield connection.execution_options(sqlite_begin="BEGIN")


def stream(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Give the rows of a query without holding them all.

    A list that PostgreSQL holds open takes four messages and more; a short one comes at once.
    """
    if connection.dialect.name == "postgresql":
        few = connection.execute(statement.limit(ROWS_A_FETCH)).all()
        if len(few) < ROWS_A_FETCH:
            yield from few
            return
    options = {"yield_per": ROWS_A_FETCH}
    yield from connection.execute(statement, execution_options=options)


class Readers:
    """Short read transactions over one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._look = local()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for one read transaction; raises as `connected` does.

        Within a look it is that of the look.
        """
        looking: Connection | None = getattr(self._look, "connection", None)
        if looking is not None:
            yield looking
            return
        with connected(self._engine) as connection:
            yield connection

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Let all that this thread reads meanwhile be of one moment of the database.

        It is for what only reads: what is written meanwhile is not seen. A look has none within.
        """
        assert not hasattr(self._look, "connection")  # noqa: S101 - the outer one would be lost
        with self.snapshot() as connection:
            self._look.connection = connection
            try:
                yield
            finally:
                del self._look.connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Lend a connection that sees one moment of the database, however long it reads.

        SQLite's read transactions always do.
        """
        with connected(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def clear_old_pages(self) -> None:
        """Let nothing that was overwritten lie in the write-ahead log any more (SQLite)."""
        clear_old_pages(self._engine)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


class Scratch:
    """Bytes by key, for the length of one task: on disk beyond a few MB, gone when it closes."""

    def __init__(self) -> None:
        # Without a name SQLite makes a temporary file that no one else can open.
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.execute("CREATE TABLE kept (key BLOB PRIMARY KEY, value BLOB)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def put(self, items: Mapping[bytes, bytes]) -> None:
        """Keep these values."""
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", items.items())
        self._connection.execute("END")

    def find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Give the values of those of these keys that were put."""
        found: dict[bytes, bytes] = {}
        for chunk in chunks(keys):
            places = ", ".join("?" for _ in chunk)
            wanted = f"SELECT key, value FROM kept WHERE key IN ({places})"  # noqa: S608 - marks only.
            found.update(self._connection.execute(wanted, chunk).fetchall())
        return found


def _open(url: str, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    parsed = make_url(url)
    if is_shared(url):
        return _open_postgresql(parsed, is_reading=begin == "BEGIN")
    engine = create_engine(parsed, pool_size=READERS_MAX, max_overflow=READERS_MAX)
    _prepare_sqlite(engine, begin, pragmas)
    return engine


def _open_postgresql(url: URL, *, is_reading: bool) -> Engine:
    statement_ms = READ_STATEMENT_TIMEOUT_MS if is_reading else WRITE_STATEMENT_TIMEOUT_MS
    bounds = (
        f"-c statement_timeout={statement_ms} -c lock_timeout={BUSY_TIMEOUT_MS}"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
    )
    # What the operator's URL says comes last, so it wins.
    options = f"{bounds} {url.query.get('options', '')}".strip()
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POSTGRESQL_CONNECTIONS_MAX,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_pre_ping=True,
        execution_options={"postgresql_readonly": True} if is_reading else {},
        isolation_level="READ COMMITTED",
        connect_args={
            "options": options,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "keepalives_idle": KEEPALIVE_SECONDS,
            "keepalives_interval": KEEPALIVE_SECONDS,
            "tcp_user_timeout": BUSY_TIMEOUT_MS,
            "application_name": "creditbank",
        },
    )


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
        wanted = connection.get_execution_options().get("sqlite_begin", begin)
        connection.exec_driver_sql(wanted)
