"""The audits account for rules and conversions, and name what was changed in one of them."""

import pytest
from sqlalchemy import text

from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from creditbank.database import open_writing_engine
from ledger.findings import Finding
from tests.fixtures.lived_bank import wait_until_published
from tests.fixtures.recognition import Recognition

ANOTHER = "(SELECT id FROM institution WHERE name = 'elderly')"


@pytest.fixture
def converted(recognition: Recognition) -> Recognition:
    """A bank with one conversion, all of it published."""
    outcome = recognition.certificate()
    recognition.recognise(recognition.key(), "certificate-courses", [outcome], ["DG-101"])
    wait_until_published(recognition.bank)
    return recognition


def found(bank: Bank) -> list[Finding]:
    """Audit in full."""
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.trust)
    assert report.is_sound == (not report.findings)
    return list(report.findings)


def test_a_bank_with_rules_and_conversions_is_sound(converted: Recognition) -> None:
    """In full, and by the citizen's own key."""
    bank = converted.bank
    assert found(bank) == []
    with bank.readers.snapshot() as connection:
        own = audit_own(connection, converted.key(), bank.trust)
    assert own.is_sound
    assert own.entries == 3


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE conversion SET credits = credits + 1",
        "UPDATE conversion SET codes = '[\"expired\"]'",
        "UPDATE conversion SET rule_id = 'x'",
        "UPDATE conversion SET rule_version = 'x'",
        "UPDATE conversion SET rule_sha256 = 'x'",
        "UPDATE conversion SET engine = '9.9.9'",
        "UPDATE conversion SET filed_month = '1999-01'",
        "UPDATE conversion SET entry_index = entry_index - 1",
        "UPDATE conversion SET account_id = (SELECT min(id) FROM institution)",
        f"UPDATE conversion SET institution_id = {ANOTHER}",
        "UPDATE conversion SET sealed_statement = (SELECT sealed_statement FROM account)",
        "UPDATE conversion_grant SET credits = credits + 1",
        "UPDATE conversion_grant SET target = 'x'",
        "UPDATE conversion_use SET part_end = 1",
        "UPDATE conversion_use SET nullifier = unit_tag",
        "UPDATE rule SET sha256 = 'x' WHERE id = 'class-hours'",
        "UPDATE rule SET version = 'x' WHERE id = 'class-hours'",
        "UPDATE rule SET published_by = drafted_by WHERE id = 'class-hours'",
        "UPDATE rule SET entry_index = entry_index - 5 WHERE id = 'class-hours'",
        f"UPDATE rule SET institution_id = {ANOTHER}",
        "UPDATE rule SET content = (SELECT natural_tag FROM outcome) WHERE id = 'class-hours'",
    ],
)
def test_a_change_of_a_rule_or_conversion_is_found(converted: Recognition, change: str) -> None:
    """Whichever column it is."""
    engine = open_writing_engine(converted.bank.settings.bank_database)
    with engine.begin() as connection:
        assert connection.execute(text(change)).rowcount > 0
    engine.dispose()
    assert {one.table for one in found(converted.bank)} & {"conversion", "rule", "leaf"}
