"""Bring both databases to the newest revision, as their owner, in one transaction each.

Where the bank works as another role than the owner's, that role is given what it needs.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from creditbank.database import open_writing_engine
from creditbank.errors import Misconfigured
from creditbank.migrations.grants import grant
from creditbank.settings import Settings

_HERE = Path(__file__).parent
_LOCK_TIMEOUT = "SET lock_timeout = '5s'"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('creditbank migrations'))"


def migrate(settings: Settings) -> None:
    """Run what is missing; safe to repeat and to run twice at once."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for name, url in (
        ("keystore", settings.key_database),
        ("bank", settings.bank_owner_database),
    ):
        engine = open_writing_engine(url, forgetful=name == "keystore")
        try:
            _upgrade(engine, name, settings.bank_role if name == "bank" else None)
        finally:
            engine.dispose()


def require_newest(engine: Engine, name: str) -> None:
    """Refuse to go on unless the database stands at the newest revision."""
    newest = ScriptDirectory.from_config(config_of(name)).get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        message = f"the {name} database is at revision {current}, not {newest}: run migrate"
        raise Misconfigured(message)


def config_of(name: str) -> Config:
    """Give the Alembic configuration of one environment (`bank` or `keystore`)."""
    config = Config()
    config.set_main_option("script_location", str(_HERE / name))
    return config


def _upgrade(engine: Engine, name: str, role: str | None) -> None:
    config = config_of(name)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_ONE_AT_A_TIME)
            connection.exec_driver_sql(_LOCK_TIMEOUT)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if role is not None:
            grant(connection, role)
