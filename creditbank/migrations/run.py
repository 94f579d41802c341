"""Bring both databases to the newest revision, as their owner, in one transaction each.

Where the bank works as another role than the owner's, that role is given what it needs.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from creditbank.database import answering, connected, open_writing_engine
from creditbank.errors import Misconfigured
from creditbank.migrations.grants import grant
from creditbank.settings import Settings

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
    newest = ScriptDirectory.from_config(config_of(name)).get_current_head()
    with connected(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest


def config_of(name: str) -> Config:
    """Give the Alembic configuration of one environment (`bank` or `keystore`)."""
    config = Config()
    config.set_main_option("script_location", str(_HERE / name))
    return config


def _upgrade(engine: Engine, name: str, role: str | None) -> None:
    config = config_of(name)
    with answering(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_BOUNDS)
            connection.exec_driver_sql(_ONE_AT_A_TIME)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if role is not None:
            grant(connection, role)
