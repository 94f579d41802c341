"""The database itself refuses to rewrite the log, and a start looks whether it still does."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from creditbank.bank import Bank, open_bank
from creditbank.database import open_writing_engine
from creditbank.errors import Misconfigured
from creditbank.settings import Settings
from ledger.read import read_head
from tests.fixtures.bank import Provider

GUARDED = ("leaf", "tile", "checkpoint", "head", "object")
LEAF = "(SELECT max(idx) FROM ledger_leaf)"

REFUSED = {
    "leaf changed": "UPDATE ledger_leaf SET data = id WHERE idx = 0",
    "leaf deleted": f"DELETE FROM ledger_leaf WHERE idx = {LEAF}",
    "leaf upserted": (
        "INSERT INTO ledger_leaf SELECT idx, id, id FROM ledger_leaf WHERE idx = 0"
        " ON CONFLICT (idx) DO UPDATE SET data = excluded.data"
    ),
    "leaf after a gap": (
        f"INSERT INTO ledger_leaf SELECT {LEAF} + 2, data, id FROM ledger_leaf WHERE idx = 0"
    ),
    "checkpoint changed": "UPDATE ledger_checkpoint SET note = ''",
    "checkpoint deleted": "DELETE FROM ledger_checkpoint",
    "smaller checkpoint": (
        "INSERT INTO ledger_checkpoint SELECT size - 1, root, '' FROM ledger_checkpoint"
        " ORDER BY size LIMIT 1"
    ),
    "document changed": "UPDATE ledger_object SET media_type = 'a/b'",
    "document deleted": "DELETE FROM ledger_object",
    "tile cut": "UPDATE ledger_tile SET data = substr(data, 1, 32)",
    "tile deleted": "DELETE FROM ledger_tile",
    "head smaller": "UPDATE ledger_head SET size = size - 1",
    "head deleted": "DELETE FROM ledger_head",
    "second head": "INSERT INTO ledger_head SELECT id + 1, size, edge, last_at FROM ledger_head",
}
REPLACED = {
    "leaf": "INSERT OR REPLACE INTO ledger_leaf SELECT idx, id, id FROM ledger_leaf WHERE idx = 0",
    "leaf by its id": (
        f"INSERT OR REPLACE INTO ledger_leaf SELECT {LEAF} + 1, id, id FROM ledger_leaf"
        " WHERE idx = 0"
    ),
    "checkpoint": (
        "INSERT OR REPLACE INTO ledger_checkpoint SELECT size, root, '' FROM ledger_checkpoint"
    ),
    "tile": "INSERT OR REPLACE INTO ledger_tile SELECT level, number, x'00' FROM ledger_tile",
    "head": "INSERT OR REPLACE INTO ledger_head SELECT id, 0, edge, 0 FROM ledger_head",
    "document": "INSERT OR REPLACE INTO ledger_object SELECT sha256, '', data FROM ledger_object",
}


@pytest.fixture
def engine(bank: Bank, provider: Provider) -> Iterator[Engine]:
    """The writer's own kind of connection to a bank that has leaves and published them."""
    assert provider.institution
    bank.writer.close()
    opened = open_writing_engine(bank.settings.bank_database)
    with opened.connect() as connection:
        assert read_head(connection).size > 1
    yield opened
    opened.dispose()


def contents(connection: Connection) -> list[object]:
    """Give every row of the guarded tables; none of them is empty."""
    rows = [connection.execute(text(f"SELECT * FROM ledger_{one}")).all() for one in GUARDED]
    assert all(rows)
    return rows


def refused(engine: Engine, statement: str) -> None:
    """Require that a statement is refused for what it does, and changes nothing."""
    with engine.connect() as connection:
        before = contents(connection)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.exec_driver_sql(statement)
    with engine.connect() as connection:
        assert contents(connection) == before


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_whoever_holds_a_connection_cannot_rewrite_the_log(statement: str, engine: Engine) -> None:
    """Not even the owner of the tables."""
    refused(engine, statement)


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", REPLACED.values(), ids=REPLACED)
def test_replacing_rows_on_sqlite_is_refused(statement: str, engine: Engine) -> None:
    """`INSERT OR REPLACE` deletes the old row, and is refused like a deletion."""
    refused(engine, statement)


@pytest.mark.parametrize("founded_bank", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", GUARDED)
def test_emptying_a_table_on_postgresql_is_refused(table: str, engine: Engine) -> None:
    """`TRUNCATE` runs no row triggers, so it has its own; a replica's session runs them too."""
    refused(engine, f"TRUNCATE ledger_{table}")
    refused(engine, f"SET session_replication_role = replica; TRUNCATE ledger_{table}")


ON_SQLITE = {
    "missing": "DROP TRIGGER ledger_leaf_no_update",
    "changed": (
        "DROP TRIGGER ledger_leaf_no_update;"
        "CREATE TRIGGER ledger_leaf_no_update BEFORE UPDATE ON ledger_leaf WHEN 0"
        " BEGIN SELECT RAISE(ABORT, 'never'); END"
    ),
}
ON_POSTGRESQL = {
    "missing": "DROP TRIGGER ledger_leaf_fixed ON ledger_leaf",
    "disabled": "ALTER TABLE ledger_leaf DISABLE TRIGGER ledger_leaf_fixed",
    "not always": "ALTER TABLE ledger_leaf ENABLE TRIGGER ledger_leaf_fixed",
    "emptied": (
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    ),
}


def tampered(engine: Engine, statements: str) -> None:
    """Run statements one by one and keep what they did."""
    with engine.begin() as connection:
        for statement in statements.replace(";CREATE", ";;CREATE").split(";;"):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statements", ON_SQLITE.values(), ids=ON_SQLITE)
def test_a_start_without_its_triggers_on_sqlite_is_refused(
    statements: str, engine: Engine, settings: Settings
) -> None:
    """The missing or changed trigger is named."""
    tampered(engine, statements)
    with pytest.raises(Misconfigured, match="ledger_leaf_no_update"):
        open_bank(settings)


@pytest.mark.parametrize("founded_bank", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statements", ON_POSTGRESQL.values(), ids=ON_POSTGRESQL)
def test_a_start_without_its_triggers_on_postgresql_is_refused(
    statements: str, engine: Engine, settings: Settings
) -> None:
    """Also one that is there but does not run, or whose function does nothing."""
    tampered(engine, statements)
    with pytest.raises(Misconfigured, match="ledger_leaf_fixed"):
        open_bank(settings)
