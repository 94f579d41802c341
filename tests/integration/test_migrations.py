"""Both databases come up from nothing on both engines, and are what the tables declare."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table

from creditbank.database import open_writing_engine
from creditbank.keystore.tables import KEYSTORE_METADATA
from creditbank.migrations.run import config_of, migrate, require_newest
from creditbank.migrations.tables import METADATA
from creditbank.settings import Settings
from tests.fixtures.bank import ENGINES
from tests.fixtures.processes import Program

_SHORTEST: dict[type, object] = {str: "", int: 0, bytes: b"", dict: {}, object: {}}

Migrated = dict[str, tuple[Engine, MetaData]]


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a bank whose databases are empty."""
    urls: dict[str, str] = {}
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        urls = {"database_url": server.create_database(), "keystore_url": server.create_database()}
    return Settings(data_dir=tmp_path / "data", origin="http://bank.test", **urls)


@pytest.fixture
def migrated(empty: Settings) -> Iterator[Migrated]:
    """Both databases after their first migration, with what their tables declare."""
    migrate(empty)
    bank, keystore = map(open_writing_engine, (empty.bank_database, empty.key_database))
    yield {"bank": (bank, METADATA), "keystore": (keystore, KEYSTORE_METADATA)}
    bank.dispose()
    keystore.dispose()


def drift(engine: Engine, declared: MetaData) -> list[object]:
    """Give every difference between a database and the declared tables."""
    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), declared)
        )


@pytest.mark.parametrize("name", ["bank", "keystore"])
def test_migrations_make_exactly_the_declared_tables(name: str, migrated: Migrated) -> None:
    """A table that was changed without its migration shows here."""
    engine, declared = migrated[name]
    assert declared.tables
    assert drift(engine, declared) == []
    require_newest(engine, name)


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("bank", "DROP INDEX ix_outcome_account_id"),
        ("bank", "ALTER TABLE installation ADD COLUMN more INTEGER"),
        ("keystore", "DROP TABLE lookup_tag"),
    ],
)
def test_a_table_that_is_not_as_declared_is_found(
    name: str, statement: str, migrated: Migrated
) -> None:
    """An index, a column, a whole table."""
    engine, declared = migrated[name]
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert drift(engine, declared) != []


def test_migrations_at_once_do_no_harm(empty: Settings, tmp_path: Path) -> None:
    """Several processes that start together all find what they need, from nothing and again."""
    environment = {
        "CREDITBANK_DATA_DIR": str(empty.data_dir),
        "CREDITBANK_DATABASE_URL": empty.bank_database,
        "CREDITBANK_KEYSTORE_URL": empty.key_database,
    }
    program = Program(environment, tmp_path)
    started = [program.start("migrate") for _ in range(3)]
    ended = [(process.communicate(), process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0, 0], ended
    for name, url in (("bank", empty.bank_database), ("keystore", empty.key_database)):
        engine = open_writing_engine(url)
        require_newest(engine, name)
        engine.dispose()


def filled(connection: Connection, name: str, **values: object) -> None:
    """Add a row as the table stood at the time; what is not named is the shortest value."""
    table = Table(name, MetaData(), autoload_with=connection)
    row = {
        column.name: values.get(column.name, _SHORTEST[column.type.python_type])
        for column in table.columns
        if column.name in values or not column.nullable
    }
    connection.execute(table.insert(), [row])


def test_what_befalls_outcomes_and_what_is_asked_joins_a_bank_with_outcomes_in_it(
    empty: Settings,
) -> None:
    """Every outcome that was there can be suspended, and its learner has no matter yet."""
    empty.data_dir.mkdir(parents=True)
    engine, config = open_writing_engine(empty.bank_database), config_of("bank")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        filled(connection, "institution", id="i")
        filled(connection, "scheme", id="s", institution_id="i")
        filled(connection, "definition", id="d", institution_id="i", scheme_id="s")
        filled(connection, "outcome", id="o", definition_id="d", institution_id="i")
        before = connection.exec_driver_sql("SELECT * FROM outcome").all()
        command.upgrade(config, "0007")
        assert connection.exec_driver_sql("SELECT * FROM outcome").all() == before
        filled(connection, "outcome_event", id="e", outcome_id="o")
        counted = "SELECT (SELECT count(*) FROM matter) + (SELECT count(*) FROM back_entry)"
        assert connection.exec_driver_sql(counted).scalar() == 0
    engine.dispose()
