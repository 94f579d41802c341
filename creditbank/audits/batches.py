"""Batches against their public documents, the leaves of their rows, and their refused rows."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.outcomes import BatchTrees
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.outcomes.batches.find import (
    Batch,
    Rejected,
    batch_entries,
    batches_without_leaf,
    find_batches,
    rejected_rows,
)
from creditbank.outcomes.batches.finish import batch_document, upload_facts
from creditbank.outcomes.batches.settle import CONFLICTS, refused_row_place
from creditbank.outcomes.batches.start import BatchState
from ledger.findings import Findings
from ledger.merkle import CompactRange
from ledger.objects import find_object


class BatchCheck:
    """Checks every batch; the outcomes of the same stretch of the log were walked before it."""

    table = "batch"
    kinds = ("batch",)

    def __init__(
        self, connection: Connection, findings: Findings, keys: Keys, trees: BatchTrees
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys
        self._trees = trees

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the batches that have a leaf."""
        return batch_entries(self._connection)

    def check(self, pairs: Pairs) -> None:
        """Compare each batch with its document, its rows' leaves and its refused rows."""
        stored = find_batches(self._connection, pairs.keys())
        keys = self._keys.open_all({entry.index: row_id for row_id, entry in pairs.items()})
        for row_id, entry in pairs.items():
            batch, tree = stored[row_id], self._trees.pop(row_id, CompactRange())
            if batch.state != BatchState.RECORDED or batch.problem is not None:
                self._findings.add(self.table, entry.index, "its leaf says that it was recorded")
            if batch.institution_id != entry.issuer:
                problem = "institution_id is not the leaf's issuer"
                self._findings.add(self.table, entry.index, problem)
            key = keys.get(row_id)
            if key is not None:
                self._check_document(entry, batch, tree, key)
                self._check_sum(batch, entry.index)
                self._check_refused(batch, key, entry.index)

    def finish(self, size: int) -> None:
        """Check the batches that have no leaf, after the whole log of `size` leaves was walked."""
        for batch in batches_without_leaf(self._connection):
            tree = self._trees.pop(batch.id, CompactRange())
            if batch.state == BatchState.RECORDED or tree.size != batch.accepted - batch.held:
                self._add_at_end(batch.id, "its state or counts are not those of its rows", size)
            self._check_sum(batch, -1, position=size)
            key = self._keys.open_all({-1: batch.id}).get(batch.id)
            if key is not None:
                self._check_refused(batch, key, -1, position=size)
        for batch_id in self._trees:
            self._add_at_end(batch_id, "outcomes name it, and it is closed or not there", size)

    def _check_sum(self, batch: Batch, index: int, *, position: int | None = None) -> None:
        settled = batch.accepted + batch.duplicate + batch.not_awarded + batch.rejected
        if batch.position != settled or batch.held > batch.accepted:
            problem = "rows is not accepted + duplicate + not_awarded + rejected, held in accepted"
            self._findings.add(self.table, index, problem, position=position)

    def _check_document(
        self, entry: Entry, batch: Batch, tree: CompactRange, key: AccountKey
    ) -> None:
        found = find_object(self._connection, bytes.fromhex((entry.facts.object or b"").decode()))
        if found is None:
            return  # The audit of the log names documents that are missing.
        upload = key.upload_tag(upload_facts(batch, batch.finished_at or 0))
        expected = batch_document(batch, tree, upload)
        if found[1] != expected:
            names = ", ".join(_differing(found[1], expected))
            problem = f"its row or its outcomes are not what its document says: {names}"
            self._findings.add(self.table, entry.index, problem)

    def _check_refused(
        self, batch: Batch, key: AccountKey, index: int, *, position: int | None = None
    ) -> None:
        rejected = conflict = 0
        for row in self._refused(batch.id):
            rejected += 1
            conflict += any(one.get("code") in CONFLICTS for one in row.problems)
            try:
                key.open(refused_row_place(batch.id, row.row_number), row.sealed_row)
            except SealBroken:
                problem = f"sealed_row of row {row.row_number} does not open"
                self._findings.add("batch_rejected_row", index, problem, position=position)
        if (rejected, conflict) != (batch.rejected, batch.conflict):
            problem = "its rejected or conflict is not the number of its refused rows"
            self._findings.add(self.table, index, problem, position=position)

    def _refused(self, batch_id: str) -> Iterator[Rejected]:
        after = 0
        while rows := rejected_rows(self._connection, batch_id, after):
            yield from rows
            after = rows[-1].row_number

    def _add_at_end(self, batch_id: str, problem: str, size: int) -> None:
        self._findings.add(self.table, -1, f"{batch_id}: {problem}", position=size)


def _differing(document: bytes, other: bytes) -> list[str]:
    try:
        said, expected = orjson.loads(document), orjson.loads(other)
        return [name for name in expected if said.get(name) != expected[name]] or ["form"]
    except (orjson.JSONDecodeError, AttributeError):
        return ["form"]
