"""How long the bank waits for PostgreSQL, and what it says when that was too long."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import create_app
from creditbank.bank import Bank, open_bank
from creditbank.database import open_reading_engine, open_writing_engine
from creditbank.keystore.store import KeyStore
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.servers import PostgresServer
from tests.integration.test_post_outcome import RESULT

on_postgresql = pytest.mark.parametrize("founded_bank", ["postgresql"], indirect=True)


@pytest.fixture
def impatient(settings: Settings) -> Iterator[Bank]:
    """A bank whose operator lets it wait for a lock for 200 ms only."""
    url = f"{settings.database_url}&options=-c lock_timeout=200"
    opened = open_bank(settings.model_copy(update={"database_url": url}))
    yield opened
    opened.close()


def shown(engine: Engine, name: str) -> str:
    """Give a parameter of a connection."""
    with engine.connect() as connection:
        return str(connection.scalar(text(f"SHOW {name}")))


def test_statements_locks_and_idle_transactions_are_bounded(postgres: PostgresServer) -> None:
    """Nothing waits for ever; a writer may work longer than a reader."""
    url = postgres.create_database()
    reading, writing = open_reading_engine(url), open_writing_engine(url)

    assert shown(reading, "statement_timeout") == "30s"
    assert shown(writing, "statement_timeout") == "2min"
    for engine in (reading, writing):
        assert shown(engine, "lock_timeout") == "30s"
        assert shown(engine, "idle_in_transaction_session_timeout") == "5min"
        engine.dispose()


def test_what_the_operator_sets_in_the_url_wins(postgres: PostgresServer) -> None:
    """Bounds are defaults."""
    url = f"{postgres.create_database()}&options=-c statement_timeout=7s"
    engine = open_reading_engine(url)

    assert shown(engine, "statement_timeout") == "7s"
    assert shown(engine, "lock_timeout") == "30s"
    engine.dispose()


@on_postgresql
def test_a_head_that_stays_locked_elsewhere_answers_503_and_the_writer_goes_on(
    impatient: Bank, provider: Provider, bank: Bank, settings: Settings
) -> None:
    """Another process that holds the head too long delays; it breaks nothing."""
    del bank
    holder = open_writing_engine(settings.bank_database)
    with TestClient(create_app(impatient), base_url="http://bank.test") as client:
        with holder.begin() as connection:
            connection.exec_driver_sql("SELECT * FROM ledger_head FOR UPDATE")
            delayed = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers)
        again = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers)
    holder.dispose()

    assert (delayed.status_code, delayed.json()["code"]) == (503, "unavailable")
    assert again.status_code == 201


@on_postgresql
def test_readers_that_find_every_connection_taken_are_told_to_come_again(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full house is said to be one, after a bounded wait."""
    monkeypatch.setattr("creditbank.database.POOL_TIMEOUT_SECONDS", 0.1)
    hurried = open_bank(bank.settings)
    leave, taken = threading.Event(), threading.Barrier(9)

    def hold() -> None:
        with hurried.readers.reading():
            taken.wait()
            leave.wait()

    threads = [threading.Thread(target=hold) for _ in range(8)]
    for thread in threads:
        thread.start()
    taken.wait()
    try:
        with TestClient(create_app(hurried)) as client:
            crowded = client.get("/ledger/checkpoint")
            leave.set()
            for thread in threads:
                thread.join()
            calm = client.get("/ledger/checkpoint")
    finally:
        leave.set()
        hurried.close()

    assert (crowded.status_code, crowded.json()["code"]) == (503, "busy")
    assert calm.status_code == 200


def test_a_key_store_that_is_away_answers_503(bank: Bank, provider: Provider) -> None:
    """No result is recorded under a key that is not stored."""
    away = open_writing_engine("postgresql://bank@127.0.0.1:1/keys")
    keystore = KeyStore(away, bank.keystore.vault, clock=bank.clock, entropy=bank.entropy)
    with TestClient(create_app(replace(bank, keystore=keystore))) as client:
        answer = client.post("/api/v1/outcomes", json=RESULT, headers=provider.headers)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
