"""Every conversion ever made can be computed again, and a change of any of it is found."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from creditbank.audits.replay import BankReplay, replay_bank
from creditbank.bank import Bank
from creditbank.credits.replay import ReplayReport, replay
from creditbank.database import open_writing_engine
from tests.fixtures.endings import ask, erase
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition

STRANGE_STATEMENT = (
    "UPDATE conversion SET sealed_statement = (SELECT sealed_statement FROM conversion"
    " WHERE rule_id = 'class-hours')"
)

OF_HOURS = "(SELECT id FROM conversion WHERE rule_id = 'class-hours')"


@pytest.fixture
def converted(recognition: Recognition) -> Recognition:
    """A bank with one conversion by each rule, of two learners."""
    certificate = recognition.certificate()
    recognition.recognise(
        recognition.key(), "certificate-courses", [certificate], ["DG-101", "DG-102"]
    )
    hours = recognition.hours("100", "2025春")
    recognition.recognise(recognition.key(recognition.centre), "class-hours", [hours])
    return recognition


def replayed(bank: Bank) -> ReplayReport:
    """Replay all of a bank's conversions."""
    with bank.readers.reading() as connection:
        return replay(connection, bank.keystore)


def tamper(bank: Bank, statement: str) -> None:
    """Change the database behind the bank's back."""
    engine = open_writing_engine(bank.settings.bank_database)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_nothing_differs_and_erased_accounts_stay_sealed(converted: Recognition) -> None:
    """A conversion whose key is gone is counted, and shown to nobody."""
    assert replayed(converted.bank) == ReplayReport(
        conversions=2, applications=0, sealed=0, differences=()
    )
    converted.bank.keystore.destroy([converted.key().account_id])
    assert replayed(converted.bank) == ReplayReport(
        conversions=2, applications=0, sealed=1, differences=()
    )


CHANGES = (
    (
        "UPDATE conversion SET credits = credits + 1 WHERE rule_id = 'class-hours'",
        "its credits are not those of its decision",
    ),
    (
        "UPDATE conversion SET codes = '[]' WHERE rule_id = 'certificate-courses'",
        "its codes are not those of its decision",
    ),
    (
        "UPDATE conversion SET filed_month = '1999-01' WHERE rule_id = 'class-hours'",
        "its month is not that of its filing",
    ),
    (
        "UPDATE conversion SET rule_version = '2' WHERE rule_id = 'class-hours'",
        "its rule is not the one of its columns",
    ),
    (
        "UPDATE conversion_grant SET credits = 8000 WHERE target = 'DG-101'",
        "its grants are not those of its decision",
    ),
    (
        "UPDATE conversion_use SET part_end = 100000 WHERE part_unit = 'class_hours'",
        "the parts it uses are not those of its decision",
    ),
    (
        "DELETE FROM conversion_use WHERE part_unit = 'class_hours'",
        "the parts it uses are not those of its leaf",
    ),
    (
        "UPDATE conversion SET entry_index = 0 WHERE rule_id = 'class-hours'",
        "the leaf at its index is another's",
    ),
    (
        STRANGE_STATEMENT,
        "its statement does not open",
    ),
    (
        "UPDATE rule SET entry_index = NULL WHERE id = 'class-hours'",
        "no published rule has the hash that it names",
    ),
)


def test_a_change_of_one_conversion_is_named(
    converted: Recognition, subtests: pytest.Subtests
) -> None:
    """The other conversion is as it was."""
    for change, problem in CHANGES:
        with subtests.test(change):
            differences = replayed_after(converted.bank, change).differences
            assert problem in {one.problem for one in differences}
            assert len({one.conversion_id for one in differences}) == 1


def replayed_after(bank: Bank, change: str) -> ReplayReport:
    """Replay what a change would make of the bank's conversions; nothing stays of it."""
    engine = open_writing_engine(bank.settings.bank_database)
    with engine.connect() as connection:
        connection.execute(text(change))
        report = replay(connection, bank.keystore)
        connection.rollback()
    engine.dispose()
    return report


def accounted(bank: Bank) -> BankReplay:
    """Replay all of a bank's conversions beside its log."""
    with bank.readers.snapshot() as connection:
        return replay_bank(connection, bank.keystore)


def test_what_is_sealed_is_explained_by_an_erasure_and_by_nothing_else(
    recognition: Recognition, citizen: Citizen, client: TestClient, bank: Bank
) -> None:
    """A tombstone tells of an erased account; a key that is gone without one is named."""
    for number in (citizen.account_number, ""):
        hours = recognition.hours("16", "2025春", account_number=number)
        key = bank.keystore.get([citizen.id])[citizen.id] if number else None
        recognition.recognise(key or recognition.key(recognition.centre), "class-hours", [hours])
    ask(client, "POST", "erasure", citizen, reason="不再需要")
    assert erase(bank) == 1
    found = accounted(bank)
    assert (found.report.sealed, found.tombstones, found.differing) == (1, 1, 0)
    assert found.unexplained == ()

    bank.keystore.destroy([recognition.key(recognition.centre).account_id])
    problems = [one.problem for one in accounted(bank).unexplained]
    assert problems == ["it is sealed, and its account was not erased"]


def test_a_conversion_that_was_deleted_is_unexplained(converted: Recognition) -> None:
    """Its leaf stays on the log."""
    assert accounted(converted.bank).unexplained == ()
    for table in ("conversion_use", "conversion_grant"):
        tamper(converted.bank, f"DELETE FROM {table} WHERE conversion_id IN {OF_HOURS}")
    tamper(converted.bank, "DELETE FROM conversion WHERE rule_id = 'class-hours'")
    problems = [one.problem for one in accounted(converted.bank).unexplained]
    assert problems == ["its leaf is on the log, and its row is not there"]
