"""The same rows by the driver alone: what an engine does with them when nobody asks for more."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Protocol

import psycopg
from psycopg.types.json import Json

from creditbank.settings import Settings

Rows = Sequence[tuple[object, ...]]

_SQLITE_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON",
)  # fmt: skip
_GROW_TILE = (
    "INSERT INTO ledger_tile VALUES (?, ?, ?)"
    " ON CONFLICT (level, number) DO UPDATE SET data = excluded.data"
)
_MOVE_HEAD = "UPDATE ledger_head SET size = ?, edge = ?, last_at = ?"


class Raw(Protocol):
    """A connection to one database, as durable as the bank's own."""

    def tables(self) -> Sequence[str]:
        """Name the tables."""
        ...

    def read(self, table: str) -> Rows:
        """Give all rows of a table."""
        ...

    def write(self, tables: Mapping[str, Rows]) -> None:
        """Insert rows by table, in this order, and commit durably."""
        ...

    def append(self, leaves: Rows, tiles: Rows, head: tuple[object, ...]) -> None:
        """Insert leaves, grow tiles, move the head, and commit durably."""
        ...

    def execute(self, statement: str) -> None:
        """Run one statement and commit it."""
        ...

    def close(self) -> None:
        """Close."""
        ...


def raw(settings: Settings) -> tuple[Raw, Raw]:
    """Open a bank's database and its key store."""
    urls = (settings.bank_database, settings.key_database)
    bank, keys = [
        RawSqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else RawPostgres(url)
        for url in urls
    ]
    return bank, keys


class RawSqlite:
    """`executemany` on a SQLite file."""

    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in _SQLITE_PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")

    def tables(self) -> Sequence[str]:
        """Name the tables."""
        wanted = "SELECT name FROM sqlite_master WHERE type = 'table'"
        return [name for (name,) in self._connection.execute(wanted)]

    def read(self, table: str) -> Rows:
        """Give all rows of a table."""
        return self._connection.execute(f"SELECT * FROM {table}").fetchall()

    def write(self, tables: Mapping[str, Rows]) -> None:
        """Insert rows by table, in this order, and commit durably."""
        self._connection.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            self._insert(table, rows)
        self._connection.execute("COMMIT")

    def append(self, leaves: Rows, tiles: Rows, head: tuple[object, ...]) -> None:
        """Insert leaves, grow tiles, move the head, and commit durably."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._insert("ledger_leaf", leaves)
        self._connection.executemany(_GROW_TILE, tiles)
        self._connection.execute(_MOVE_HEAD, head)
        self._connection.execute("COMMIT")

    def execute(self, statement: str) -> None:
        """Run one statement and commit it."""
        self._connection.execute(statement)

    def close(self) -> None:
        """Close."""
        self._connection.close()

    def _insert(self, table: str, rows: Rows) -> None:
        if rows:
            places = ", ".join("?" for _ in rows[0])
            self._connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


class RawPostgres:
    """Binary COPY into a PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._types: dict[str, list[str]] = {}

    def tables(self) -> Sequence[str]:
        """Name the tables."""
        wanted = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return [name for (name,) in self._connection.execute(wanted)]

    def read(self, table: str) -> Rows:
        """Give all rows of a table."""
        return [
            tuple([Json(one) if isinstance(one, dict | list) else one for one in row])
            for row in self._connection.execute(f"SELECT * FROM {table}")
        ]

    def write(self, tables: Mapping[str, Rows]) -> None:
        """Insert rows by table, in this order, and commit durably."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for table, rows in tables.items():
                self._copy(cursor, table, rows)

    def append(self, leaves: Rows, tiles: Rows, head: tuple[object, ...]) -> None:
        """Insert leaves, grow tiles, move the head, and commit durably."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            self._copy(cursor, "ledger_leaf", leaves)
            cursor.executemany(_GROW_TILE.replace("?", "%s"), tiles)
            cursor.execute(_MOVE_HEAD.replace("?", "%s"), head)

    def execute(self, statement: str) -> None:
        """Run one statement and commit it."""
        self._connection.execute(statement)

    def close(self) -> None:
        """Close."""
        self._connection.close()

    def _copy(self, cursor: psycopg.Cursor[tuple[object, ...]], table: str, rows: Rows) -> None:
        types = self._types_of(table)
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def _types_of(self, table: str) -> list[str]:
        if table not in self._types:
            wanted = (
                "SELECT udt_name FROM information_schema.columns"
                " WHERE table_name = %s ORDER BY ordinal_position"
            )
            found = self._connection.execute(wanted, [table])
            self._types[table] = [name for (name,) in found]
        return self._types[table]
