"""Both databases come up from nothing on both engines, and are what the tables declare."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, func, select
from sqlalchemy.exc import IntegrityError

from creditbank.access.staff import find_staff
from creditbank.database import open_writing_engine
from creditbank.institutions.queries import get_institution
from creditbank.keystore.tables import KEYSTORE_METADATA
from creditbank.migrations.run import config_of, migrate, require_newest
from creditbank.migrations.tables import METADATA
from creditbank.settings import Settings
from tests.fixtures.processes import Program

_SHORTEST: dict[type, object] = {str: "", int: 0, bool: False, bytes: b"", dict: {}, object: {}}
Row = dict[str, object]
NO_BYTES = {"sqlite": "x''", "postgresql": "''"}
Migrated = dict[str, tuple[Engine, MetaData]]


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


def test_accounts_from_before_their_states_had_a_history_stay_as_they_are(
    empty: Settings,
) -> None:
    """A bank with people in it is migrated, and every account is in the state it was in."""
    empty.data_dir.mkdir(parents=True)
    engine = open_writing_engine(empty.bank_database)
    config = config_of("bank")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO institution (id, kind, name, entry_index)"
            " VALUES ('inst-1', 'provider', '开放大学', 3)"
        )
        for number, state in enumerate(("unclaimed", "open")):
            connection.exec_driver_sql(
                "INSERT INTO account"
                " (id, state, identity_level, opened_by, entry_index, sealed_statement)"
                f" VALUES ('{state}', '{state}', 0, 'inst-1', {number}, {NO_BYTES[engine.name]})"
            )
    migrate(empty)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT id, state FROM account ORDER BY id").all()
        changes = connection.exec_driver_sql("SELECT count(*) FROM account_state_change").scalar()
    assert [tuple(one) for one in kept] == [("open", "open"), ("unclaimed", "unclaimed")]
    assert changes == 0
    require_newest(engine, "bank")
    engine.dispose()


def test_institutions_and_logins_of_before_are_carried_over(empty: Settings) -> None:
    """What was registered stays as it was; the first administrator manages staff from now on."""
    empty.data_dir.mkdir(parents=True)
    engine = open_writing_engine(empty.bank_database)
    config = config_of("bank")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.exec_driver_sql(
            "INSERT INTO institution (id, kind, name, entry_index)"
            " VALUES ('inst-1', 'bank', '学', 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO login (id, name, institution_id, scopes, password_hash, created_at)"
            """ VALUES ('login-1', 'administrator', 'inst-1', '["institutions:register"]', '', 0)"""
        )
    migrate(empty)
    with engine.connect() as connection:
        history = get_institution(connection, "inst-1")
        scopes = connection.exec_driver_sql("SELECT scopes FROM login").scalar_one()
        assert find_staff(connection)["login-1"].roles == ()
    engine.dispose()
    assert (history.registered.name, history.registered.since, history.changes) == ("学", None, ())
    assert "staff:manage" in scopes


LIVED_IN = """
INSERT INTO institution (id, kind, name, entry_index) VALUES ('i', 'provider', '学校', 1);
INSERT INTO definition (id, institution_id, code, version, title, outcome_class, scheme_id, credits,
    valid_from) VALUES ('d', 'i', 'BBB', '1', '课程', 'formal', 's', 30000, '2013-01-01');
INSERT INTO outcome (id, account_id, definition_id, institution_id, posted_with, outcome_class,
    awarded_month, status, entry_index, sealed_statement)
    VALUES ('o', 'a', 'd', 'i', 'k', 'formal', '2014-09', 'active', 2, '')
"""
"""What a bank of the first revisions held: a definition, and an outcome of it."""


def test_definitions_with_outcomes_get_the_wider_key(empty: Settings) -> None:
    """What was there stays, and a code and version can be used again from another day."""
    empty.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_writing_engine(empty.bank_database)
    config = config_of("bank")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in LIVED_IN.split(";"):
            connection.exec_driver_sql(statement)
    migrate(empty)
    again = "SELECT 'e', institution_id, code, version, title, outcome_class, scheme_id"
    columns = "id, institution_id, code, version, title, outcome_class, scheme_id, valid_from"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO definition ({columns}) {again}, '2020-01-01' FROM definition"
        )
        found = connection.exec_driver_sql(
            "SELECT id, credits, counting FROM definition ORDER BY id"
        ).all()
        offering = connection.exec_driver_sql("SELECT offering FROM outcome").all()
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("DELETE FROM definition WHERE id = 'd'")
        connection.rollback()
    assert [tuple(row) for row in found] == [("d", 30_000, "best"), ("e", None, "best")]
    assert [tuple(row) for row in offering] == [(None,)]
    assert drift(engine, METADATA) == []
    engine.dispose()


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


def test_a_batch_of_before_rows_were_held_has_none(empty: Settings) -> None:
    """What is there is carried over: nothing of an older file was held or reassigned."""
    empty.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_writing_engine(empty.bank_database)
    config = config_of("bank")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.exec_driver_sql(
            "INSERT INTO institution (id, kind, name, entry_index) VALUES ('i', 'bank', '行', 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO batch (id, institution_id, posted_with, state, media_type, options,"
            " file_sha256, mapping_sha256, position, accepted, duplicate, not_awarded, rejected,"
            " conflict, started_at) VALUES ('b', 'i', 'k', 'recorded', 'text/csv', '{}', '', '',"
            " 1, 1, 0, 0, 0, 0, 0)"
        )
    migrate(empty)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT held FROM batch").scalar_one() == 0
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
        command.upgrade(config, "0009")
        filled(connection, "institution", id="i")
        filled(connection, "scheme", id="s", institution_id="i")
        filled(connection, "definition", id="d", institution_id="i", scheme_id="s")
        filled(connection, "outcome", id="o", definition_id="d", institution_id="i")
        before = connection.exec_driver_sql("SELECT * FROM outcome").all()
        command.upgrade(config, "0010")
        assert connection.exec_driver_sql("SELECT * FROM outcome").all() == before
        filled(connection, "outcome_event", id="e", outcome_id="o")
        counted = "SELECT (SELECT count(*) FROM matter) + (SELECT count(*) FROM back_entry)"
        assert connection.exec_driver_sql(counted).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("name", ["bank", "keystore"])
def test_what_lies_in_any_table_at_any_revision_is_there_after_the_next(
    name: str, empty: Settings
) -> None:
    """A bank that lived through every revision, a row in each table from its first day."""
    empty.data_dir.mkdir(parents=True, exist_ok=True)
    url = empty.bank_database if name == "bank" else empty.key_database
    engine, config = open_writing_engine(url), config_of(name)
    revisions = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
    kept: dict[str, Row] = {}
    for revision in revisions:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision.revision)
        with engine.begin() as connection:
            found = MetaData()
            found.reflect(connection)
            for table, before in kept.items():
                after = connection.execute(select(found.tables[table])).mappings().one()
                assert all(after[one] == before[one] for one in before.keys() & after.keys())
            kept = settled(connection, found)
    engine.dispose()
    assert kept.keys() == {"bank": METADATA, "keystore": KEYSTORE_METADATA}[name].tables.keys()


def settled(connection: Connection, tables: MetaData) -> dict[str, Row]:
    """Put a row into every table that has none; gives the only row of each."""
    rows: dict[str, Row] = {}
    for table in (one for one in tables.sorted_tables if one.name != "alembic_version"):
        if connection.execute(select(func.count()).select_from(table)).scalar_one() == 0:
            parents = {
                key.parent.name: rows[key.column.table.name][key.column.name]
                for key in table.foreign_keys
                if key.column.table is not table
            }
            filled(connection, table.name, **parents)
        rows[table.name] = dict(connection.execute(select(table)).mappings().one())
    return rows
