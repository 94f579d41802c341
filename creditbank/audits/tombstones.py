"""Accounts whose key is gone against the tombstones that tell of it."""

from collections.abc import Sequence

from creditbank.audits.entries import Entry
from ledger.findings import Findings


class TombstoneCheck:
    """Counts tombstones; every account that nobody can read any more has one."""

    kinds = ("tombstone",)

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._tombstones = 0

    def check(self, entries: Sequence[Entry]) -> None:
        """Count these tombstones."""
        self._tombstones += len(entries)

    def finish(self, sealed: Sequence[int]) -> None:
        """Compare their number with the accounts, named by their leaves, whose key is gone."""
        if len(sealed) != self._tombstones:
            problem = (
                f"{len(sealed)} accounts have no key, and the log has {self._tombstones} tombstones"
            )
            self._findings.add_unexplained("account", sealed[0] if sealed else -1, problem)
