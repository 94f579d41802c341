"""The key-encryption key is rotated under a working bank; what it wrapped before opens no more."""

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank, open_bank
from creditbank.errors import BankError
from creditbank.keystore.account_key import SealBroken
from creditbank.keystore.secrets import VaultSecrets
from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT


def wrapped(bank: Bank) -> dict[str, tuple[str, bytes]]:
    """Give what the key store holds, by account."""
    with bank.keystore._engine.connect() as connection:  # noqa: SLF001 - as a thief sees it
        rows = connection.exec_driver_sql("SELECT account_id, kek_id, wrapped FROM account_key")
        return {row[0]: (row[1], bytes(row[2])) for row in rows}


def post(client: TestClient, provider: Provider, learner: str) -> dict[str, Any]:
    """Post a result of a learner."""
    answer = client.post(
        "/api/v1/outcomes", json={**RESULT, "learner": learner}, headers=provider.headers
    )
    assert answer.status_code == 201, answer.text
    posted: dict[str, Any] = answer.json()
    return posted


def test_a_copy_from_before_a_rotation_opens_with_nothing_that_the_bank_still_has(
    bank: Bank, client: TestClient, provider: Provider
) -> None:
    """So a destroyed key is gone from old copies and dead rows too."""
    post(client, provider, "1")
    before = wrapped(bank)
    bank.keystore.rotate_kek()
    after = wrapped(bank)
    assert after.keys() == before.keys()
    for account_id, (kek_id, key) in before.items():
        assert after[account_id][0] != kek_id
        with pytest.raises(SealBroken):
            bank.keystore.vault.read().unwrap(account_id, kek_id, key)
    assert client.get("/readyz").status_code == 200
    assert post(client, provider, "2")["id"]
    assert bank.keystore.get(before.keys()).keys() == before.keys()


def test_a_second_process_follows_a_rotation_that_it_was_not_told_of(
    bank: Bank, client: TestClient, provider: Provider
) -> None:
    """It reads what the first wrapped, and wraps under the new key itself."""
    other = open_bank(bank.settings)
    try:
        post(client, provider, "1")
        (account_id,) = [one for one in wrapped(bank) if one in _accounts(bank)]
        bank.keystore.rotate_kek()
        assert account_id in other.keystore.get([account_id])
        bank.keystore.rotate_kek()
        made = other.keystore.make("a" * 32)
        assert wrapped(bank)[made.account_id][0] == bank.keystore.secrets.kek_id
    finally:
        other.close()


def test_a_rotation_that_broke_off_is_ended_by_the_next_and_loses_no_key(bank: Bank) -> None:
    """The file holds old and new until nothing is wrapped under the old."""
    kept = [bank.keystore.make(f"{number:032x}").account_id for number in range(3)]
    vault, first = bank.keystore.vault, bank.keystore.secrets
    vault.write(first.turned(bank.entropy))  # Here the process died.
    assert bank.keystore.get(kept).keys() == set(kept)
    bank.keystore.rotate_kek()
    assert vault.read().retired == {}
    assert bank.keystore.get(kept).keys() == set(kept)


def test_keys_made_during_rotations_are_none_of_them_lost(bank: Bank) -> None:
    """Two processes: one turns, the other makes."""
    other = open_bank(bank.settings)
    made: list[str] = []
    failed: list[BankError] = []

    def make() -> None:
        for number in range(60):
            try:
                made.append(other.keystore.make(f"{number:032x}").account_id)
            except BankError as error:
                failed.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    for _ in range(3):
        bank.keystore.rotate_kek()
    thread.join()
    try:
        assert failed == []
        assert bank.keystore.get(made).keys() == set(made)
        assert {wrapped(bank)[one][0] for one in made} <= {bank.keystore.secrets.kek_id}
    finally:
        other.close()


def test_the_file_of_secrets_keeps_what_a_rotation_still_needs() -> None:
    """As it is written it is read again."""
    secrets = VaultSecrets.make(lambda size: b"\1" * size).turned(lambda size: b"\2" * size)
    assert VaultSecrets.from_content(secrets.to_content()) == secrets


def _accounts(bank: Bank) -> set[str]:
    with bank.readers.reading() as connection:
        return {row[0] for row in connection.exec_driver_sql("SELECT id FROM account")}
