"""Who reads keys waits for nobody who writes some."""

import sqlite3
from contextlib import closing

import pytest

from creditbank.bank import Bank

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""PostgreSQL locks rows, and none for reading."""


def test_a_key_is_read_while_another_process_holds_the_write_lock(bank: Bank) -> None:
    """An import makes thousands of keys; a citizen's page opens meanwhile."""
    key = bank.keystore.make_account([])
    file = bank.settings.data_dir / "keys.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert bank.keystore.get([key.account_id]) == {key.account_id: key}
        other.execute("ROLLBACK")
