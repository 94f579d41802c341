"""Writing many rows at once by the fastest ordinary means: `executemany` on SQLite, else COPY."""

from collections.abc import Sequence
from typing import Protocol, Self, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Row = tuple[object, ...]


class _Copy(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...
    def set_types(self, types: Sequence[str]) -> None: ...
    def write_row(self, row: Row) -> None: ...


class _Cursor(Protocol):
    def copy(self, statement: str) -> _Copy: ...
    def close(self) -> None: ...


def insert_rows(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    types: Sequence[str],
    rows: list[Row],
) -> None:
    """Insert these rows; `types` are PostgreSQL's names of the columns' types."""
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)", types, rows)
        return
    places = ", ".join("?" for _ in columns)
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 - the names are constants of this package.


def _copy(connection: Connection, statement: str, types: Sequence[str], rows: list[Row]) -> None:
    cursor = cast("_Cursor", connection.connection.cursor())
    try:
        with cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        # The driver is used directly here; callers know its errors by SQLAlchemy's classes.
        raise DBAPIError.instance(
            statement,
            None,
            error,
            connection.dialect.loaded_dbapi.Error,
            dialect=connection.dialect,
        ) from error
    finally:
        cursor.close()
