"""The open university's whole result file, by the library and by HTTP, on both engines."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from api.batch_reports import Tally, batch_counts
from creditbank.bank import Bank
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.find import learner_tag
from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.find import Batch, batch_outcomes
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.queries import outcomes_of_account
from ledger.merkle import leaf_hash, root
from ledger.objects import find_object
from ledger.read import read_leaf, read_leaves
from ledger.receipt import verify_receipt
from ledger.store_audit import audit_store
from tests.fixtures.bank import Provider
from tests.fixtures.imports import (
    ACCOUNTS,
    COUNTS,
    COUNTS_AGAIN,
    OPEN_UNIVERSITY,
    URL,
    TableCounts,
    open_university_form,
    open_university_upload,
    settled,
)

LEARNERS = 12


def test_the_file_is_rehearsed_imported_and_recognised(
    bank: Bank, provider: Provider, table_counts: TableCounts
) -> None:
    """Dry run, import, import again: the counts of all three are those of the file."""
    checked = Import(
        bank,
        open_university_upload(),
        institution_id=provider.institution,
        options=Options(),
    )
    before = table_counts()
    tally = Tally(checked.rehearse())
    assert list(tally.refusals()) == []
    assert tally.counts == COUNTS
    assert table_counts() == before

    batch = _run(bank, checked)

    assert batch_counts(batch) == COUNTS
    after = table_counts()
    assert after["0 account"] - before["0 account"] == ACCOUNTS
    assert after["0 outcome"] - before["0 outcome"] == COUNTS["accepted"]
    assert after["1 account_key"] - before["1 account_key"] == ACCOUNTS + 1  # and the batch's own
    _check_grades(bank, provider)
    _check_batch_leaf(bank, batch)
    assert batch_counts(_run(bank, checked)) == COUNTS_AGAIN
    with bank.readers.reading() as connection:
        report = audit_store(connection, bank.verifier_keys)
    assert report.is_sound, report


def test_the_file_is_uploaded_and_every_row_has_its_receipt(
    client: TestClient, bank: Bank, provider: Provider, table_counts: TableCounts
) -> None:
    """A provider's own system uploads the form, and keeps the receipts."""
    before = table_counts()
    form = open_university_form()
    rehearsed = client.post(f"{URL}?dry_run=true", files=form, headers=provider.headers)
    assert rehearsed.status_code == 200
    told = rehearsed.json()
    # The learners' numbers of the data set have four to seven digits: worth a look, no more.
    (remark,) = told.pop("remarks")
    assert (remark["field"], remark["code"]) == ("id_student", "zeros-perhaps-lost")
    assert remark["detail"].startswith("453 numbers are shorter than most, which have 6 digits")
    assert told == {"dry_run": True, "counts": COUNTS, "rejected": []}
    assert table_counts() == before
    assert bank.uploads.present() == []

    started = client.post(URL, files=form, headers=provider.headers)
    assert started.status_code == 202, started.text
    batch = settled(client, started.json()["id"], provider.headers)
    assert (batch["state"], batch["counts"]) == ("recorded", COUNTS)
    _check_row_receipts(client, bank, f"{URL}/{batch['id']}", provider)

    again = client.post(URL, files=form, headers=provider.headers).json()
    assert settled(client, again["id"], provider.headers)["counts"] == COUNTS_AGAIN


def _run(bank: Bank, checked: Import) -> Batch:
    batch_id = bank.keystore.new_id()
    checked.start(bank.keystore.draw(batch_id), "test")
    return checked.run(batch_id)


def _check_grades(bank: Bank, provider: Provider) -> None:
    """Compare grades with what the files say, computed another way: exact fractions, one pass."""
    means = _weighted_means()
    passed = [row for row in _rows("studentInfo.csv.gz") if row["final_result"] == "Pass"]
    checked = 0
    for row in passed[:: len(passed) // LEARNERS]:
        key = row["code_module"], row["code_presentation"], row["id_student"]
        stated = _stated(bank, provider, *key)
        assert stated["result"] == "Pass"
        assert stated.get("grade") == means.get(key)
        checked += stated.get("grade") is not None
    assert checked >= LEARNERS // 2


def _stated(
    bank: Bank, provider: Provider, course: str, term: str, learner: str
) -> Mapping[str, Any]:
    tag = learner_tag(bank.keystore.secrets, provider.institution, "learner_number", learner)
    key = bank.keystore.find([tag])[tag]
    with bank.readers.reading() as connection:
        stored = outcomes_of_account(connection, key.account_id)
    statements = [
        fields_of(open_statement(key, "outcome", one.id, one.sealed_statement)) for one in stored
    ]
    (stated,) = [one for one in statements if (one["course"], one["term"]) == (course, term)]
    return stated


def _weighted_means() -> dict[tuple[str, str, str], str]:
    assessments = {row["id_assessment"]: row for row in _rows("assessments.csv.gz")}
    terms: dict[tuple[str, str, str], list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for row in _rows("studentAssessment.csv.gz"):
        about = assessments[row["id_assessment"]]
        weight = Fraction(about["weight"])
        if row["score"] and weight:
            key = about["code_module"], about["code_presentation"], row["id_student"]
            terms[key].append((Fraction(row["score"]), weight))
    return {key: _half_up(pairs) for key, pairs in terms.items()}


def _half_up(pairs: list[tuple[Fraction, Fraction]]) -> str:
    mean = sum(score * weight for score, weight in pairs) / sum(weight for _, weight in pairs)
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:f}".rstrip("0").rstrip(".")


def _rows(file: str) -> list[dict[str, str]]:
    with gzip.open(OPEN_UNIVERSITY / file, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _check_batch_leaf(bank: Bank, batch: Batch) -> None:
    """The batch's own leaf names a document whose root is that of its rows' leaf hashes."""
    assert batch.entry_index is not None
    receipt = bank.receipt(batch.entry_index)
    with bank.readers.reading() as connection:
        indexes = [index for part in batch_outcomes(connection, batch.id) for _, index in part]
        stored = read_leaves(connection, 0, batch.entry_index)
        leaves = [stored[index] for index in indexes]
        leaf = read_leaf(connection, batch.entry_index)
        digest = bytes.fromhex(orjson.loads(leaf)["object"])
        found = find_object(connection, digest)
    verify_receipt(receipt.text, leaf, bank.verifier_keys)
    assert found is not None
    assert sha256(found[1]).digest() == digest
    stated = orjson.loads(found[1])
    assert stated["counts"] == COUNTS
    assert stated["size"] == len(leaves) == COUNTS["accepted"]
    assert stated["root"] == root(map(leaf_hash, leaves)).hex()


def _check_row_receipts(client: TestClient, bank: Bank, url: str, provider: Provider) -> None:
    answer = client.get(f"{url}/receipts", headers=provider.headers)
    lines = [orjson.loads(line) for line in answer.content.splitlines()]
    assert len({line["id"] for line in lines}) == COUNTS["accepted"]
    with bank.readers.reading() as connection:
        leaves = read_leaves(connection, 0, max(line["entry"]["index"] for line in lines) + 1)
    for line in lines:
        leaf = leaves[line["entry"]["index"]]
        assert leaf_hash(leaf).hex() == line["entry"]["leaf_hash"]
        verify_receipt(line["receipt"], leaf, bank.verifier_keys)


@pytest.fixture(autouse=True)
def _no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker must be woken; its look every few seconds is for crashes only."""
    monkeypatch.setattr("creditbank.jobs.batch_worker.LOOK_EVERY_SECONDS", 60.0)
