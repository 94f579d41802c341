"""Institutions and their changes against the public documents that their leaves name."""

from collections.abc import Iterator

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.institutions.change import change_document
from creditbank.institutions.history import History
from creditbank.institutions.queries import (
    find_changes,
    find_institutions,
    institution_entries,
)
from creditbank.institutions.register import document_of
from ledger.findings import Findings
from ledger.objects import find_object

CHANGES = "institution_change"


class InstitutionCheck:
    """Checks every column of institutions and of their changes: all are in public documents.

    Both are made by leaves of one type, so they are led along the log together.
    """

    table = "institution"
    kinds = ("institution",)

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of every institution and change."""
        return institution_entries(self._connection)

    def check(self, pairs: Pairs) -> None:
        """Compare each of them with its document."""
        changes = find_changes(self._connection, pairs.keys())
        named = {one.institution_id for one in changes.values()} | pairs.keys()
        stored = find_institutions(self._connection, named)
        for row_id, entry in pairs.items():
            if row_id in stored:
                self._check_registered(stored[row_id], entry)
                continue
            change = changes[row_id]
            if change.id != entry.id:
                self._findings.add(CHANGES, entry.index, "its id is not the leaf's id")
            if change.institution_id != entry.issuer:
                self._findings.add(CHANGES, entry.index, "institution_id is not the leaf's issuer")
            history = stored.get(entry.issuer)
            if history is None or _reference(entry) != _before(history, entry.index):
                problem = "its leaf does not refer to the one before of its institution"
                self._findings.add(CHANGES, entry.index, problem)
            self._compare(CHANGES, entry, change_document(change))

    def _check_registered(self, history: History, entry: Entry) -> None:
        if entry.issuer != history.id:
            self._findings.add(self.table, entry.index, "its id is not the leaf's issuer")
            return
        self._compare(self.table, entry, document_of(history.registered))

    def _compare(self, table: str, entry: Entry, document: bytes) -> None:
        found = find_object(self._connection, bytes.fromhex((entry.facts.object or b"").decode()))
        if found is not None and found[1] != document:
            problem = "its columns are not what its public document says"
            self._findings.add(table, entry.index, problem)


def _reference(entry: Entry) -> int | None:
    return None if entry.facts.ref is None else int(entry.facts.ref)


def _before(history: History, index: int) -> int | None:
    """Give the newest leaf of the institution before an index."""
    indexes = [history.registered.entry_index, *(one.entry_index for one in history.changes)]
    return max((one for one in indexes if one < index), default=None)
