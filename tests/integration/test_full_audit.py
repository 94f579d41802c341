"""A bank in which everything happened passes every audit, while it serves."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from creditbank.outcomes.queries import newest_outcome
from tests.fixtures.bank import Provider
from tests.fixtures.lived_bank import import_rows, post
from tests.fixtures.people import Citizen
from tests.fixtures.processes import Program


def test_a_sound_bank_passes_the_full_audit(lived_bank: Bank, citizen: Citizen) -> None:
    """Every leaf is compared with what it stands for; nothing differs, nothing is alone."""
    assert citizen.account_number
    with lived_bank.readers.snapshot() as connection:
        report = audit_bank(connection, lived_bank.keystore, lived_bank.evidence, lived_bank.trust)
    assert report.findings == ()
    assert report.is_sound
    assert report.entries == report.size > 256
    assert report.sealed == 0


def test_a_citizen_passes_her_own_audit_with_her_key_alone(
    lived_bank: Bank, client: TestClient, provider: Provider
) -> None:
    """Her entries are those she would count: opening, outcomes, conversions, consents and so on."""
    post(client, provider, term="2011B")
    with lived_bank.readers.snapshot() as connection:
        account = newest_outcome(connection, provider.institution).account_id
        key = lived_bank.keystore.get([account])[account]
        report = audit_own(connection, key, lived_bank.evidence, lived_bank.trust)
    assert report.findings == ()
    assert report.entries == 41


def test_a_file_of_more_refused_rows_than_one_read_takes_is_sound(
    bank: Bank, provider: Provider
) -> None:
    """However many rows a clerk got wrong, their number is the one that the batch says."""
    lines = "".join(f"{row},BBB,2014B,Pass,2014-09-31,30\n" for row in range(1_001))
    import_rows(bank, provider, f"learner,course,term,result,awarded_on,credits\n{lines}")
    with bank.readers.snapshot() as connection:
        assert audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings == ()


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_an_own_audit_whose_key_was_changed_says_so_and_what_to_do(
    bank: Bank, citizen: Citizen, program: Program
) -> None:
    """It is no fault of the citizen's, and no account that is not there."""
    engine = create_engine(bank.settings.key_database)
    with engine.begin() as connection:
        wrapped = connection.exec_driver_sql(
            "UPDATE account_key SET wrapped = zeroblob(length(wrapped)) WHERE account_id = ?",
            (citizen.id,),
        )
        assert wrapped.rowcount == 1
    engine.dispose()
    done = program.run("ledger", "audit", "--account", citizen.account_number)
    assert done.returncode == 1
    assert "key of this account was changed" in done.stderr
    assert "key store" in done.stderr
