"""One byte is changed in every column there is; the audits say where, or the docs say why not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlmodel import SQLModel

from certificates import data_integrity
from certificates.data_integrity import RDFC
from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from creditbank.keystore.tables import KEYSTORE_METADATA
from ledger.audit import audit
from ledger.findings import Finding
from ledger.sources import DatabaseSource
from tests.fixtures.tampering import Change, Operator

CANONICAL = data_integrity._CANONICAL  # noqa: SLF001 - the table of forms
DOCUMENT = Path(__file__).parents[2] / "docs" / "audits.md"

LARGEST_BATCH = (
    "length(data) = (SELECT max(length(data)) FROM ledger_object"
    " WHERE media_type LIKE '%.batch+json') AND media_type LIKE '%.batch+json'"
)
SPECIAL = (
    Change("ledger_leaf", "data", "idx = 77", -9),
    Change("ledger_leaf", "id", "idx = 77", 3),
    Change("ledger_tile", "data", "level = 0 AND number = 0", 100 * 32),
    Change("ledger_tile", "data", "level = 0 AND number = 1", 3 * 32),
    Change("ledger_tile", "data", "level = 1", 5),
    Change("ledger_checkpoint", "note", "size = (SELECT max(size) FROM ledger_checkpoint)", 20),
    Change("ledger_checkpoint", "root", "size = (SELECT max(size) FROM ledger_checkpoint)"),
    # The third byte: a checkpoint that is smaller by one may have been published, too.
    Change("ledger_checkpoint", "size", "size = (SELECT max(size) FROM ledger_checkpoint)", 2),
    Change("ledger_head", "size"),
    Change("ledger_head", "edge"),
    Change("ledger_head", "last_at"),
    Change("ledger_object", "data", "media_type LIKE '%origin%'", 5),
    Change("ledger_object", "data", LARGEST_BATCH, 5),
    Change("ledger_object", "sha256", LARGEST_BATCH),
)
"""Changes of the log's own tables, chosen one by one."""

ROWS = {
    "institution": "parent_id IS NULL AND name = '开放大学'",
    "account": "entry_index = 4",
    "consent": "act = 'withdraw'",
    "outcome": "status = 'active' AND batch_id IS NULL",
    "definition": "code = 'BBB'",
    "held_outcome": "state = 'attached'",
    "batch": "state = 'recorded'",
    "batch_rejected_row": "row_number = (SELECT max(row_number) FROM batch_rejected_row)",
    "ledger_live_spend": "idx = 275",
    "account_key": "account_id = '{account}'",
    "rule_course": "place = (SELECT max(place) FROM rule_course)",
    "account_state_change": "act = 'freeze'",
    "measure": "act = 'lifted'",
    "measure_outcome": "measure_id = (SELECT id FROM measure WHERE act = 'lifted')",
    "conversion_review": "state = 'asked'",
    "conversion_reversal": "cause = 'outcome'",
    "check_in": "method = 'card' AND account_id = '{account}'",
    "check_in_card": "account_id = '{account}'",
    "account_merge": "account_id = '{account}'",
    "merged_outcome": "tag IS NOT NULL",
    "status_list": "family = 'revocation' AND version = 2",
    "lookup_tag": "account_id = '{account}' AND merged_from IS NULL",
}
"""Which row of a table is changed; else the first."""

COLUMNWISE = (
    "institution", "institution_change", "installation",
    "account", "outcome", "outcome_revocation", "outcome_event", "batch",
    "batch_decision", "batch_rejected_row", "account_name", "account_document", "held_outcome",
    "definition",
    "credential", "status_list", "learning_pass", "learning_pass_outcome",
    "check_in", "check_in_card",
    "account_state_change", "account_merge", "merged_outcome",
    "consent", "certification", "certification_vote",
    "evidence", "rule", "rule_course", "rule_simulation",
    "conversion", "conversion_grant", "conversion_use", "conversion_reversal",
    "application", "application_part", "application_entry",
    "conversion_review", "conversion_conflict", "measure", "measure_outcome",
    "ledger_live_spend",
    "account_key", "lookup_tag",
)  # fmt: skip
"""The tables of which every column is changed."""

UNSEEN = {
    "installation.id": "the number of the one row; it says nothing",
    "account_state_change.changed_at": "when and by whom is told beside the sealed reason, no leaf",
    "account_state_change.changed_by": "as above",
    "batch_rejected_row.problems": "no claim; only how many conflicts there are is counted",
    "check_in_card.ended_at": "when its holder gave a card up is hers to say and has no leaf",
    "credential.ended_at": "when a holder ended a list is hers to say and has no leaf",
    "learning_pass.ended_at": "when a holder ended a share is hers to say and has no leaf",
    "learning_pass.pin_hash": "whether a holder has a PIN typed is hers to say and has no leaf",
    "account_key.stored_at": "a note for sweeping orphans",
}
"""What no audit sees, and why; the test fails when one of them is seen after all."""


@pytest.fixture(autouse=True)
def _canonical_forms_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not changed has the same canonical form each time, which is slow to make."""
    made: dict[bytes, bytes] = {}

    def canonical(document: Mapping[str, Any]) -> bytes:
        written = orjson.dumps(document)
        if written not in made:
            made[written] = CANONICAL[RDFC](document)
        return made[written]

    monkeypatch.setattr(data_integrity, "_CANONICAL", {**CANONICAL, RDFC: canonical})


@pytest.fixture
def operator(lived_bank: Bank) -> Iterator[Operator]:
    """An operator of the bank in which everything happened."""
    hired = Operator(lived_bank)
    yield hired
    hired.close()


def changes(account: str) -> list[Change]:
    """Give every change: those chosen, then column by column."""
    tables = KEYSTORE_METADATA.tables | SQLModel.metadata.tables
    columnwise = [
        Change(table, column.name, ROWS.get(table, "").format(account=account))
        for table in COLUMNWISE
        for column in tables[table].columns
    ]
    return [*SPECIAL, *columnwise]


def first_account(bank: Bank) -> str:
    """Give the id of the account that most of what happened happened to."""
    with bank.readers.reading() as connection:
        found = connection.exec_driver_sql("SELECT account_id FROM learning_pass").one()
    return str(found[0])


def findings_by_kind(
    bank: Bank, account: str, change: Change | None = None
) -> dict[str, Sequence[Finding]]:
    """Run the audits that a change concerns; gives what each finds.

    The public one reads the log alone, so only a change of the log's tables can concern it.
    """
    is_of_keys = change is not None and change.table in KEYSTORE_METADATA.tables
    is_of_log = change is None or change.table.startswith("ledger_")
    key = None if is_of_keys else bank.keystore.get([account])[account]
    with bank.readers.snapshot() as connection:
        found: dict[str, Sequence[Finding]] = {}
        if is_of_log:
            found["public"] = audit(DatabaseSource(connection), bank.verifier_keys).findings
        audited = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
        found["full"] = audited.findings
        if key is not None:
            found["own"] = audit_own(connection, key, bank.evidence, bank.trust).findings
    return found


@pytest.mark.timeout(900)
def test_no_changed_byte_passes_unnoticed(lived_bank: Bank, operator: Operator) -> None:
    """Whoever changes a byte is named by table and index, and the docs tell it as it is."""
    account = first_account(lived_bank)
    assert not any(findings_by_kind(lived_bank, account).values())
    lines = ["| changed | named by | first named | as |", "|---|---|---|---|"]
    for change in changes(account):
        with operator.changed(change):
            found = findings_by_kind(lived_bank, account, change)
        lines.append(line_of(change, found))
        is_seen = f"{change.table}.{change.column}" not in UNSEEN
        assert bool(found.get("full")) == is_seen, lines[-1]
    table = "\n".join(lines)
    print(table)  # noqa: T201 - what docs/audits.md holds
    assert table in DOCUMENT.read_text("utf-8")
    assert not any(findings_by_kind(lived_bank, account).values())


def test_a_nullifier_that_no_leaf_spent_is_named(lived_bank: Bank, operator: Operator) -> None:
    """A row that was slipped in would stop a citizen's credit from being used."""
    value = "x'" + "01" * 32 + "'"
    if lived_bank.settings.bank_database.startswith("postgresql"):
        value = "'\\x" + "01" * 32 + "'"
    operator.run(f"INSERT INTO ledger_live_spend VALUES ({value}, 5)")
    found = findings_by_kind(lived_bank, first_account(lived_bank))
    assert [(one.table, one.index) for one in found["full"]] == [("live_spend", 5)]


def line_of(change: Change, found: dict[str, Sequence[Finding]]) -> str:
    """Tell one change and who named it, without what differs from bank to bank."""
    name = f"{change.table}.{change.column}"
    kinds = ", ".join(kind for kind, findings in found.items() if findings)
    if not kinds:
        return f"| {name} | no audit | | {UNSEEN.get(name, '')} |"
    first = found["full"][0]
    problem = re.sub(r"[0-9a-f-]{12,}", "…", first.problem)
    return f"| {name} | {kinds} | {first.table} {first.index} | {problem} |"
