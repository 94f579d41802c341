"""The audits account for rules and conversions, and name what was changed in one of them."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from creditbank.credits.queries import find_conversions
from creditbank.database import open_writing_engine
from ledger.findings import Finding
from tests.fixtures.lived_bank import wait_until_published
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.tampering import Change, Operator

ANOTHER = "(SELECT id FROM institution WHERE name = 'elderly')"


@pytest.fixture
def converted(recognition: Recognition) -> Recognition:
    """A bank with one conversion, all of it published."""
    outcome = recognition.certificate()
    recognition.recognise(recognition.key(), "certificate-courses", [outcome], ["DG-101"])
    wait_until_published(recognition.bank)
    return recognition


def tamper(bank: Bank, change: str) -> None:
    """Change the database behind the bank's back."""
    engine = open_writing_engine(bank.settings.bank_database)
    with engine.begin() as connection:
        assert connection.execute(text(change)).rowcount > 0
    engine.dispose()


def found_after(bank: Bank, change: str) -> list[Finding]:
    """Audit in full what a change would make of the bank; nothing stays of it."""
    engine = open_writing_engine(bank.settings.bank_database)
    with engine.connect() as connection:
        assert connection.execute(text(change)).rowcount > 0
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
        connection.rollback()
    engine.dispose()
    return list(report.findings)


def found(bank: Bank) -> list[Finding]:
    """Audit in full."""
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert report.is_sound == (not report.findings)
    return list(report.findings)


def test_a_bank_with_rules_and_conversions_is_sound(converted: Recognition) -> None:
    """In full, and by the citizen's own key."""
    bank = converted.bank
    assert found(bank) == []
    with bank.readers.snapshot() as connection:
        own = audit_own(connection, converted.key(), bank.evidence, bank.trust)
    assert own.is_sound
    assert own.entries == 3


CHANGES = (
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
    "UPDATE rule SET published_by = drafted_by WHERE id = 'class-hours'",
    "UPDATE rule SET entry_index = entry_index - 5 WHERE id = 'class-hours'",
    f"UPDATE rule SET institution_id = {ANOTHER}",
    "UPDATE rule SET content = (SELECT natural_tag FROM outcome) WHERE id = 'class-hours'",
)


def test_a_change_of_a_rule_or_conversion_is_found(
    converted: Recognition, subtests: pytest.Subtests
) -> None:
    """Whichever column it is."""
    for change in CHANGES:
        with subtests.test(change):
            named = {one.table for one in found_after(converted.bank, change)}
            assert named & {"conversion", "rule", "leaf"}


def test_a_version_under_another_name_is_found(converted: Recognition) -> None:
    """Its courses hang on it, so that whoever does it goes past the constraints, too."""
    operator = Operator(converted.bank)
    with operator.changed(Change("rule", "version", "id = 'class-hours'")):
        assert {one.table for one in found(converted.bank)} & {"conversion", "rule", "leaf"}
    operator.close()


def test_a_citizen_who_asked_herself_leaves_a_sound_bank(
    client: TestClient, recognition: Recognition, citizen: Citizen
) -> None:
    """Her own login stands beside her conversion; any other is named."""
    outcome = recognition.certificate("", account_number=citizen.account_number)
    asked = {"rule": "certificate-courses", "outcomes": [outcome], "targets": ["DG-101"]}
    made = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
    assert made.status_code == 201
    wait_until_published(recognition.bank)
    assert found(recognition.bank) == []
    tamper(recognition.bank, "UPDATE conversion SET decided_with = 'login-0'")
    problems = [one.problem for one in found(recognition.bank)]
    assert problems == ["decided_with login-0 is no login of its account"]


FIRST = "(SELECT id FROM conversion ORDER BY entry_index LIMIT 1)"
TAG_OF_SECOND = f"(SELECT unit_tag FROM conversion_use WHERE conversion_id <> {FIRST})"
SLIPPED_IN = f"UPDATE conversion_use SET unit_tag = {TAG_OF_SECOND} WHERE conversion_id = {FIRST}"


INPUTS = (
    (
        f"DELETE FROM conversion_grant WHERE conversion_id = {FIRST}",
        "other targets were filled than it was decided from",
    ),
    (
        f"UPDATE conversion_grant SET credits = 4001 WHERE conversion_id = {FIRST}",
        "its rule had given other credits than it was decided from",
    ),
    (
        "UPDATE rule SET entry_index = (SELECT max(entry_index) FROM conversion)",
        "its rule was not the version in force when it was filed",
    ),
    (
        "UPDATE definition SET credits = credits + 1",
        "outcome {outcome} is not what it was decided from",
    ),
    (
        f"UPDATE conversion_use SET unit_tag = nullifier WHERE conversion_id <> {FIRST}",
        "unit_tag of a use is not that of its outcome",
    ),
    (
        SLIPPED_IN,
        "outcome {outcome} was used by other conversions than it was decided from",
    ),
)


def test_the_inputs_of_a_decision_are_compared_with_what_was_before_it(
    converted: Recognition, subtests: pytest.Subtests
) -> None:
    """The second conversion was decided from what the first had left."""
    another = converted.certificate(certificate_number="示例-0002", term="2025秋")
    conversion = converted.recognise(
        converted.key(), "certificate-courses", [another], ["DG-101", "DG-103"]
    )
    with converted.bank.readers.reading() as connection:
        second = find_conversions(connection, [conversion])[conversion].entry_index
    wait_until_published(converted.bank)
    assert found(converted.bank) == []
    for change, problem in INPUTS:
        with subtests.test(change):
            findings = found_after(converted.bank, change)
            named = {one.problem for one in findings if one.index == second}
            assert problem.format(outcome=another) in named


def test_parts_without_a_conversion_are_unexplained(converted: Recognition) -> None:
    """What belongs to nothing is no credit of anybody's."""
    change = Change("conversion_grant", "conversion_id")
    operator = Operator(converted.bank)
    with operator.changed(change):
        tables = {(one.table, one.index) for one in found(converted.bank)}
    operator.close()
    assert ("conversion_grant", -1) in tables


def test_what_is_in_clear_is_compared_even_when_the_key_is_gone(converted: Recognition) -> None:
    """An erased account's conversion is sealed; its credits are still those of its grants."""
    bank = converted.bank
    bank.keystore.destroy([converted.key().account_id])
    assert {one.table for one in found(bank)} == {"account", "account_key"}
    tamper(bank, "UPDATE conversion SET credits = credits + 1")
    assert "credits is not the sum of its grants" in {one.problem for one in found(bank)}
