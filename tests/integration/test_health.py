"""What supervisors and load balancers ask."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from creditbank.bank import Bank
from creditbank.cache.open import open_cache
from creditbank.database import open_writing_engine
from creditbank.keystore.store import KeyStore


def test_a_bank_that_works_is_ready(client: TestClient) -> None:
    """Database, key store, writer and log."""
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("broken", ["keystore", "redis", "writer"])
def test_a_bank_with_a_broken_part_is_alive_and_not_ready(bank: Bank, broken: str) -> None:
    """Traffic goes elsewhere; nobody restarts it for another's fault."""
    if broken == "redis":
        part = replace(bank, cache=open_cache("redis://127.0.0.1:1"))
    elif broken == "keystore":
        away = open_writing_engine("postgresql://bank@127.0.0.1:1/keys")
        vault, entropy = bank.keystore.vault, bank.entropy
        part = replace(bank, keystore=KeyStore(away, vault, clock=bank.clock, entropy=entropy))
    else:
        part = bank
    with TestClient(create_app(part)) as client:
        if broken == "writer":
            bank.writer.close()
        ready = client.get("/readyz")
        alive = client.get("/livez")

    assert ready.status_code == 503
    assert ready.json()["code"] == "unavailable"
    assert ready.headers["Retry-After"] == "1"
    assert alive.status_code == 200
