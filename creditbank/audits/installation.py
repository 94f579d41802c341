"""The leaves of names and keys against the installation's names and the log's keys."""

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from creditbank.audits.entries import Entry
from creditbank.audits.moves import founding_problem, move_problem
from creditbank.credentials.key_events import MEDIA_TYPE as KEY_EVENT
from creditbank.credentials.key_events import KeyAct, cut_offs
from creditbank.installation.found import find_installation
from creditbank.verification.compose import Trust
from ledger.findings import Findings
from ledger.objects import find_object


class InstallationCheck:
    """Checks what the bank says it is called and which keys sign its log."""

    kinds = ("origin", "key")

    def __init__(self, connection: Connection, findings: Findings, trust: Trust) -> None:
        self._connection = connection
        self._findings = findings
        self._trust = trust
        self._installation = find_installation(connection)
        self._named: tuple[str | None, int] = (None, 0)
        formers = () if self._installation is None else self._installation.formers
        self._formers = {one.entry_index: one for one in formers}
        self._cut_offs = {one.entry_index: one for one in cut_offs(connection)}
        if self._installation is None:
            findings.add_unexplained("installation", -1, "it is not there", position=0)

    def check(self, entries: Sequence[Entry]) -> None:
        """Check the documents of these leaves."""
        if self._installation is None:
            return
        for entry in entries:
            found = find_object(
                self._connection, bytes.fromhex((entry.facts.object or b"").decode())
            )
            if found is None:
                continue  # The audit of the log names documents that are missing.
            if entry.issuer != self._installation.institution_id:
                problem = "its institution_id is not the issuer of the log's own leaves"
                self._findings.add("installation", entry.index, problem)
            if entry.kind == "origin":
                self._check_names(entry, found[1], self._installation.ledger_origin)
            elif found[0] == KEY_EVENT:
                self._check_event(entry, found[1])
            elif not set(found[1].decode("utf-8", "replace").split()) & set(self._trust.log_keys):
                self._findings.add("leaf", entry.index, "its key is not one of the log's keys")

    def _check_event(self, entry: Entry, document: bytes) -> None:
        """Compare a cut-off with its row; a rotation has none."""
        event = orjson.loads(document)
        if event.get("act") != KeyAct.CUT_OFF:
            return
        stored = self._cut_offs.pop(entry.index, None)
        stated = event["kid"], event["from_index"]
        if stored is None or (stored.kid, stored.from_index) != stated:
            self._findings.add("key_cut_off", entry.index, "it is not what its document says")

    def finish(self) -> None:
        """Name the rows that no leaf accounts for, and a name of today that no leaf gives."""
        for index in self._cut_offs:
            self._findings.add("key_cut_off", index, "no leaf made the row")
        for index in self._formers:
            self._findings.add("former_name", index, "no leaf made the row")
        if self._installation is not None and self._named[0] != self._installation.issuer_did:
            problem = "its issuer_did is not what its document says"
            self._findings.add("installation", self._named[1], problem)

    def _check_names(self, entry: Entry, document: bytes, log: str) -> None:
        """Compare the leaf that founds the bank, or one by which it moved, with the rows."""
        stated, (before, _) = orjson.loads(document), self._named
        self._named = stated.get("issuer"), entry.index
        if before is None:
            self._add("installation", entry, founding_problem(document, log))
            return
        former = self._formers.pop(entry.index, None)
        if former is None:
            self._add("former_name", entry, "its row is not there")
            return
        problem = move_problem(stated, former, log=log, before=before, trust=self._trust)
        self._add("former_name", entry, problem)

    def _add(self, table: str, entry: Entry, problem: str | None) -> None:
        if problem is not None:
            self._findings.add(table, entry.index, problem)
