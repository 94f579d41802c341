"""Every conversion ever made can be computed again, and a change of any of it is found."""

import pytest
from sqlalchemy import text

from creditbank.bank import Bank
from creditbank.credits.replay import ReplayReport, replay
from creditbank.database import open_writing_engine
from tests.fixtures.recognition import Recognition

STRANGE_STATEMENT = (
    "UPDATE conversion SET sealed_statement = (SELECT sealed_statement FROM conversion"
    " WHERE rule_id = 'class-hours')"
)


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


@pytest.mark.parametrize(
    ("change", "problem"),
    [
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
    ],
)
def test_a_change_of_one_conversion_is_named(
    converted: Recognition, change: str, problem: str
) -> None:
    """The other conversion is as it was."""
    tamper(converted.bank, change)
    differences = replayed(converted.bank).differences
    assert problem in {one.problem for one in differences}
    assert len({one.conversion_id for one in differences}) == 1
