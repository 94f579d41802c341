"""What the bank's own role may do where the owner's is another: on the log read and add, no more.

Tiles and head grow in place, so their rows may be updated; the triggers bound how. A value that is
released leaves the live ones.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection

from creditbank.migrations.tables import METADATA

_LEDGER: Mapping[str, str] = MappingProxyType(
    {
        "ledger_leaf": "SELECT, INSERT",
        "ledger_checkpoint": "SELECT, INSERT",
        "ledger_object": "SELECT, INSERT",
        "ledger_tile": "SELECT, INSERT, UPDATE",
        "ledger_head": "SELECT, INSERT, UPDATE",
        "ledger_live_spend": "SELECT, INSERT, DELETE",
    }
)
_ROOMS = "SELECT, INSERT, UPDATE, DELETE"


def grant(connection: Connection, role: str) -> None:
    """Give a role of PostgreSQL what the bank needs on every table, and take what it had beside."""
    name = connection.dialect.identifier_preparer.quote(role)
    for table in METADATA.sorted_tables:
        # A new table of the ledger must say here what may be done to it.
        allowed = _LEDGER[table.name] if table.name.startswith("ledger_") else _ROOMS
        connection.exec_driver_sql(f"REVOKE ALL ON {table.name} FROM {name}")
        connection.exec_driver_sql(f"GRANT {allowed} ON {table.name} TO {name}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {name}")
