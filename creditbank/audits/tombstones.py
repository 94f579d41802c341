"""Accounts whose key is gone against the tombstones that tell of it, and of how many entries."""

from collections.abc import Sequence

from sqlalchemy import Connection

from creditbank.audits.entries import Entry
from creditbank.closures.erase import entries_of_tombstone
from ledger.findings import Findings
from ledger.objects import find_object


class TombstoneCheck:
    """Counts tombstones and the entries they name; nobody reads more and nobody reads less."""

    kinds = ("tombstone",)

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._tombstones = 0
        self._entries = 0

    def check(self, entries: Sequence[Entry]) -> None:
        """Count these tombstones, and what their documents say."""
        self._tombstones += len(entries)
        for entry in entries:
            named = (entry.facts.object or b"").decode()
            found = find_object(self._connection, bytes.fromhex(named))
            count = None if found is None else entries_of_tombstone(found[1])
            if count is None:
                self._findings.add("leaf", entry.index, "it names no tombstone's document")
            else:
                self._entries += count

    def finish(self, accounts: Sequence[int], others: Sequence[int]) -> None:
        """Compare with the accounts and the other entries, by index, that nobody can read."""
        first = min([*accounts, *others], default=-1)
        if len(accounts) != self._tombstones:
            problem = (
                f"{len(accounts)} accounts have no key,"
                f" and the log has {self._tombstones} tombstones"
            )
            self._findings.add_unexplained("account", first, problem)
        sealed = len(accounts) + len(others)
        if sealed != self._entries:
            problem = f"{sealed} entries have no key, and tombstones tell of {self._entries}"
            self._findings.add_unexplained("account_key", first, problem)
