"""Bring both databases to the newest revision, as their owner, in one transaction each.

Where the bank works as another role than the owner's, that role is given what it needs.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, String, column, inspect, select, table

from creditbank.database import answering, connected, open_writing_engine
from creditbank.errors import Misconfigured
from creditbank.migrations.grants import grant
from creditbank.settings import Settings

if TYPE_CHECKING:  # Alembic is loaded by those who migrate; every other start is faster without.
    from alembic.config import Config

_HERE = Path(__file__).parent
_BOUNDS = "SET lock_timeout = '5s'; SET statement_timeout = 0"  # An index takes its time.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('creditbank migrations'))"


def migrate(settings: Settings) -> None:
    """Run what is missing; safe to repeat and to run twice at once."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for name, url in (
        ("keystore", settings.key_database),
        ("bank", settings.bank_owner_database),
    ):
        engine = open_writing_engine(url)
        try:
            _upgrade(engine, name, settings.bank_role if name == "bank" else None)
        finally:
            engine.dispose()


def require_newest(engine: Engine, name: str) -> None:
    """Refuse to go on unless the database stands at the newest revision."""
    current, newest = revisions(engine, name)
    if current != newest:
        message = f"the {name} database is at revision {current}, not {newest}: run migrate"
        raise Misconfigured(message)


def revisions(engine: Engine, name: str) -> tuple[str | None, str | None]:
    """Give the revision at which a database stands, None before any, and the newest there is."""
    with connected(engine) as connection:
        return _current(connection), newest_revision(name)


@cache
def newest_revision(name: str) -> str:
    """Give the newest revision there is: the number with which the name of its file begins."""
    files = (_HERE / name / "versions").glob("[0-9]*_*.py")
    return max(file.name.partition("_")[0] for file in files)


def config_of(name: str) -> "Config":
    """Give the Alembic configuration of one environment (`bank` or `keystore`)."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(_HERE / name))
    return config


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = column("version_num", String)
    return connection.scalar(select(version).select_from(table("alembic_version")))


def _upgrade(engine: Engine, name: str, role: str | None) -> None:
    from alembic import command  # noqa: PLC0415 - as above

    config = config_of(name)
    with answering(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_BOUNDS)
            connection.exec_driver_sql(_ONE_AT_A_TIME)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if role is not None:
            grant(connection, role)
