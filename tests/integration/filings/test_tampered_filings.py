"""What an operator changes of a filing behind the bank's back is named by the full audit."""

from collections.abc import Iterator

import pytest

from creditbank.access.roles import Role
from creditbank.conversion.filing import Finding
from creditbank.filings.tables import FilingRow
from tests.fixtures.filings import PLAIN, Persons
from tests.fixtures.recognition import Recognition
from tests.fixtures.tampering import Change, Operator
from tests.fixtures.whose import audited

FILING = (
    "id", "account_id", "institution_id", "rule_id", "rule_version", "rule_sha256", "received_on",
    "state", "conversion_id", "sealed_request",
)  # fmt: skip
STEP = ("filing_id", "number", "act", "taken_by", "sealed_words")
UNSEEN = {"place", "due_on", "days_left", "is_disputed", "appeal_of", "refusal", "notice_id"}
"""Where it stands and until when is the bank's own clock; the rest is empty where credit is."""


@pytest.fixture
def operator(recognition: Recognition) -> Iterator[Operator]:
    """An operator of a bank in which a person found a grade enough."""
    persons = Persons(recognition)
    persons.publish("weighed", workflow=PLAIN)
    outcome, key = recognition.certificate(grade="良", grade_scale="none"), recognition.key()
    filing = persons.file(key, "weighed", outcome, "DQ-1")
    found = Finding(outcome=outcome, code="grade-scale-not-listed", is_met=True)
    persons.act(filing, key, persons.hire(Role.CHECKER), found=found)
    hired = Operator(recognition.bank)
    yield hired
    hired.close()


def test_a_changed_filing_is_found(operator: Operator, recognition: Recognition) -> None:
    """Every column but those of the chain's own clock, or that are empty here."""
    assert {*FILING} | UNSEEN == set(FilingRow.model_fields)
    assert audited(recognition.bank) == []
    changes = [Change("filing", column) for column in FILING]
    # The last act, by which it was recognised.
    changes += [Change("filing_step", column, where="number = 2") for column in STEP]
    for change in changes:
        with operator.changed(change):
            assert audited(recognition.bank) != [], change
    assert audited(recognition.bank) == []
