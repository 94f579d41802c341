"""Institutions against the public documents that their leaves name."""

from collections.abc import Iterator

from sqlalchemy import Connection

from creditbank.audits.entries import Pairs
from creditbank.institutions.queries import find_institutions, institution_entries
from creditbank.institutions.register import document_of
from ledger.findings import Findings
from ledger.objects import find_object


class InstitutionCheck:
    """Checks every column of every institution: all of them are in its document."""

    table = "institution"
    kinds = ("institution",)

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of every institution."""
        return institution_entries(self._connection)

    def check(self, pairs: Pairs) -> None:
        """Compare each institution with its document."""
        stored = find_institutions(self._connection, pairs.keys())
        for row_id, entry in pairs.items():
            digest = bytes.fromhex((entry.facts.object or b"").decode())
            found = find_object(self._connection, digest)
            if entry.issuer != row_id:
                self._findings.add(self.table, entry.index, "its id is not the leaf's issuer")
            elif found is not None and found[1] != document_of(stored[row_id]):
                problem = "its columns are not what its public document says"
                self._findings.add(self.table, entry.index, problem)
