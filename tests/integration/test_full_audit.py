"""A bank in which everything happened passes every audit, while it serves."""

from fastapi.testclient import TestClient

from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from creditbank.outcomes.queries import newest_outcome
from tests.fixtures.bank import Provider
from tests.fixtures.lived_bank import import_rows, post
from tests.fixtures.people import Citizen


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
    """Her entries are those she would count: opening, outcomes, conversions, consents."""
    post(client, provider, term="2011B")
    with lived_bank.readers.snapshot() as connection:
        account = newest_outcome(connection, provider.institution).account_id
        key = lived_bank.keystore.get([account])[account]
        report = audit_own(connection, key, lived_bank.evidence, lived_bank.trust)
    assert report.findings == ()
    assert report.entries == 29


def test_a_file_of_more_refused_rows_than_one_read_takes_is_sound(
    bank: Bank, provider: Provider
) -> None:
    """However many rows a clerk got wrong, their number is the one that the batch says."""
    lines = "".join(f"{row},BBB,2014B,Pass,2014-09-31,30\n" for row in range(1_001))
    import_rows(bank, provider, f"learner,course,term,result,awarded_on,credits\n{lines}")
    with bank.readers.snapshot() as connection:
        assert audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings == ()
