"""What a grant shows is audited as a pass is; a row that was changed is named."""

from collections.abc import Callable
from typing import Any

from creditbank.audits.full import audit_bank
from creditbank.audits.grants import GrantCheck
from creditbank.audits.keys import Keys
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from ledger.findings import Findings
from tests.fixtures.grants import Granting
from tests.fixtures.lived_bank import wait_until_published
from tests.fixtures.people import Citizen
from tests.fixtures.tampering import Change, Operator

Post = Callable[..., dict[str, Any]]
COLUMNS = (
    "id", "account_id", "institution_id", "given_at", "expires_at", "ended_at", "ledger_size",
    "sealed_document",
)  # fmt: skip
UNSEEN = {"ended_at"}
"""When she ended it is hers to say and has no leaf."""


def test_a_changed_byte_of_a_grant_is_named(
    granting: Granting, post_result: Post, citizen: Citizen, bank: Bank
) -> None:
    """Each column beside the document, whose seal names employer and log; by her own audit too."""
    granting.give(post_result(citizen)["id"], show_name=True)
    wait_until_published(bank)
    changes = [Change("standing_grant", one) for one in COLUMNS]
    changes.append(Change("standing_grant_outcome", "outcome_id"))
    operator = Operator(bank)
    assert (named(bank), found(bank, citizen)) == (False, (False, False))
    for change in changes:
        with operator.changed(change):
            assert named(bank) is (change.column not in UNSEEN), change
    with operator.changed(changes[3]):
        assert found(bank, citizen) == (True, True)
    operator.close()


def named(bank: Bank) -> bool:
    """Say whether the check of grants finds something."""
    findings = Findings()
    with bank.readers.snapshot() as connection:
        GrantCheck(connection, findings, Keys(bank.keystore, Findings()), bank.trust).run()
    return bool(findings.in_order())


def found(bank: Bank, citizen: Citizen) -> tuple[bool, bool]:
    """Say whether the full audit finds something, and hers."""
    key = bank.keystore.get([citizen.id])[citizen.id]
    with bank.readers.snapshot() as connection:
        full = audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings
        own = audit_own(connection, key, bank.evidence, bank.trust).findings
    return bool(full), bool(own)
