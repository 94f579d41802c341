"""On PostgreSQL the bank works as a role that may read the log and add to it, and owns nothing."""

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RaiseException

from creditbank.access.api_keys import IssueApiKey
from creditbank.bank import open_bank
from creditbank.founding import init_bank
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.settings import Settings
from ledger.store_audit import audit_store
from tests.fixtures.servers import PostgresServer

OWNER, WORKER = "log-owner", "log worker"
DENIED = {
    "leaf changed": "UPDATE ledger_leaf SET data = id",
    "leaf deleted": "DELETE FROM ledger_leaf",
    "leaves emptied": "TRUNCATE ledger_leaf",
    "leaf upserted": (
        "INSERT INTO ledger_leaf SELECT * FROM ledger_leaf WHERE idx = 0"
        " ON CONFLICT (idx) DO UPDATE SET data = excluded.data"
    ),
    "checkpoint changed": "UPDATE ledger_checkpoint SET note = ''",
    "checkpoint deleted": "DELETE FROM ledger_checkpoint",
    "document changed": "UPDATE ledger_object SET data = sha256",
    "document deleted": "DELETE FROM ledger_object",
    "tile deleted": "DELETE FROM ledger_tile",
    "tiles emptied": "TRUNCATE ledger_tile",
    "head deleted": "DELETE FROM ledger_head",
    "live value changed": "UPDATE ledger_live_spend SET idx = 0",
    "trigger removed": "DROP TRIGGER ledger_leaf_fixed ON ledger_leaf",
    "trigger disabled": "ALTER TABLE ledger_leaf DISABLE TRIGGER ALL",
    "triggers passed over": "SET session_replication_role = replica",
    "guard changed": "ALTER FUNCTION ledger_refuse() RENAME TO gone",
    "table removed": "DROP TABLE ledger_leaf",
    "table added": "CREATE TABLE more (x int)",
    "revision changed": "UPDATE alembic_version SET version_num = ''",
}


@pytest.fixture(scope="module")
def settings(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a bank that was founded with an owner and a role of its own."""
    url = postgres.create_database()
    with psycopg.connect(url, autocommit=True) as server:
        for role in (OWNER, WORKER):
            if server.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount == 0:
                server.execute(f'CREATE ROLE "{role}" LOGIN')
        server.execute(f'ALTER DATABASE {server.info.dbname} OWNER TO "{OWNER}"')
    founded = Settings(
        data_dir=tmp_path_factory.mktemp("roles") / "data",
        origin="http://bank.test",
        database_url=url.replace("//bank@", "//log%20worker@"),
        migration_url=url.replace("//bank@", f"//{OWNER}@"),
    )
    init_bank(founded)
    return founded


def test_the_bank_works_as_the_lesser_role(settings: Settings) -> None:
    """It registers, writes, publishes and audits with what the migration gave it."""
    assert settings.bank_role == WORKER
    bank = open_bank(settings)
    command = RegisterInstitution(kind=InstitutionKind.PROVIDER, name="开放大学")
    written = bank.writer.write(command)
    bank.writer.write(IssueApiKey(institution_id=written.answer.id))
    bank.close()
    again = open_bank(settings)
    try:
        with again.readers.reading() as connection:
            report = audit_store(connection, again.verifier_keys)
        assert report.is_sound
        assert report.size > written.receipts[0].index
    finally:
        again.close()


@pytest.mark.parametrize("statement", DENIED.values(), ids=DENIED)
def test_the_lesser_role_is_denied_what_rewrites_the_log(
    statement: str, settings: Settings
) -> None:
    """Before any trigger is asked."""
    with (
        psycopg.connect(settings.bank_database) as connection,
        pytest.raises(InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_the_owner_too_meets_the_triggers(settings: Settings) -> None:
    """Who owns the tables changes no leaf by mistake."""
    with psycopg.connect(settings.bank_owner_database) as connection, pytest.raises(RaiseException):
        connection.execute("UPDATE ledger_leaf SET data = id")


def test_migrating_again_takes_back_what_was_given_beside(
    settings: Settings,
) -> None:
    """The grants are those of the newest migration, whatever somebody added by hand."""
    with psycopg.connect(settings.bank_owner_database) as connection:
        connection.execute(f'GRANT ALL ON ledger_leaf TO "{WORKER}"')
    init_bank(settings)
    with (
        psycopg.connect(settings.bank_database) as connection,
        pytest.raises(InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM ledger_leaf")
