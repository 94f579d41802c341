from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from ledger.objects import put_object
from ledger.triggers import missing_triggers

HASH = "x'" + "ab" * 32 + "'"
ID = "x'" + "cd" * 16 + "'"

REFUSED = {
    "leaf changed": "UPDATE ledger_leaf SET data = x'00' WHERE idx = 3",
    "leaf deleted": "DELETE FROM ledger_leaf WHERE idx = 299",
    "leaf replaced": f"INSERT OR REPLACE INTO ledger_leaf VALUES (3, {ID}, x'00')",
    "leaf replaced by its id": (
        "INSERT OR REPLACE INTO ledger_leaf SELECT 300, id, x'00' FROM ledger_leaf WHERE idx = 3"
    ),
    "leaf upserted": (
        f"INSERT INTO ledger_leaf VALUES (3, {ID}, x'00')"
        " ON CONFLICT (idx) DO UPDATE SET data = excluded.data"
    ),
    "leaf after a gap": f"INSERT INTO ledger_leaf VALUES (301, {ID}, x'00')",
    "leaf before the first": f"INSERT INTO ledger_leaf VALUES (-1, {ID}, x'00')",
    "leaf without an index": f"INSERT INTO ledger_leaf VALUES (NULL, {ID}, x'00')",
    "checkpoint changed": "UPDATE ledger_checkpoint SET note = ''",
    "checkpoint deleted": "DELETE FROM ledger_checkpoint",
    "checkpoint replaced": (
        f"INSERT OR REPLACE INTO ledger_checkpoint VALUES (300, {HASH}, 'note')"
    ),
    "smaller checkpoint": f"INSERT INTO ledger_checkpoint VALUES (299, {HASH}, 'note')",
    "document changed": "UPDATE ledger_object SET data = x'00'",
    "document deleted": "DELETE FROM ledger_object",
    "document replaced": (
        "INSERT OR REPLACE INTO ledger_object SELECT sha256, 'a/b', x'00' FROM ledger_object"
    ),
    "tile cut": "UPDATE ledger_tile SET data = substr(data, 1, 32)",
    "tile changed and longer": (
        "UPDATE ledger_tile SET data = x'00' || data || x'00' WHERE level = 0 AND number = 1"
    ),
    "tile moved": "UPDATE ledger_tile SET number = 7 WHERE level = 0 AND number = 1",
    "tile deleted": "DELETE FROM ledger_tile WHERE number = 1",
    "tile replaced": "INSERT OR REPLACE INTO ledger_tile VALUES (0, 1, x'00')",
    "head smaller": "UPDATE ledger_head SET size = 299",
    "head earlier": "UPDATE ledger_head SET last_at = last_at - 1",
    "head moved": "UPDATE ledger_head SET id = 2",
    "head deleted": "DELETE FROM ledger_head",
    "head replaced": "INSERT OR REPLACE INTO ledger_head VALUES (1, 0, x'', 0)",
    "second head": "INSERT INTO ledger_head VALUES (2, 0, x'', 0)",
}

TABLES = ("leaf", "checkpoint", "object", "tile", "head")


@pytest.fixture
def connection(engine: Engine, grow: Callable[[int], None]) -> Connection:
    """Lend a connection to a log of 300 leaves with a checkpoint and a document."""
    grow(300)
    with engine.begin() as opened:
        put_object(opened, "text/plain", b"rules")
    with engine.connect() as opened:
        yield opened


def contents(connection: Connection) -> list[object]:
    """Give every row of the guarded tables."""
    return [connection.execute(text(f"SELECT * FROM ledger_{one}")).all() for one in TABLES]


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_database_itself_refuses_to_rewrite_the_log(
    statement: str, connection: Connection
) -> None:
    """Whoever holds a connection cannot take back what is written."""
    before = contents(connection)
    with pytest.raises(IntegrityError, match="append-only"):
        connection.exec_driver_sql(statement)
    assert contents(connection) == before


def test_all_triggers_are_there_after_creation(connection: Connection) -> None:
    """A start that finds them may serve."""
    assert missing_triggers(connection) == []


def test_a_trigger_that_is_missing_or_changed_is_named(connection: Connection) -> None:
    """A start that misses one refuses to serve."""
    connection.exec_driver_sql("DROP TRIGGER ledger_leaf_no_delete")
    connection.exec_driver_sql("DROP TRIGGER ledger_tile_only_grows")
    connection.exec_driver_sql(
        "CREATE TRIGGER ledger_tile_only_grows BEFORE UPDATE ON ledger_tile WHEN 0"
        " BEGIN SELECT RAISE(ABORT, 'never'); END"
    )
    assert missing_triggers(connection) == ["ledger_leaf_no_delete", "ledger_tile_only_grows"]
