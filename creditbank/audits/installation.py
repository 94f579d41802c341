"""The log's first leaves against the names of the installation and the log's keys."""

from collections.abc import Collection, Sequence

import orjson
from sqlalchemy import Connection

from creditbank.audits.entries import Entry
from creditbank.credentials.key_events import MEDIA_TYPE as KEY_EVENT
from creditbank.credentials.key_events import KeyAct, cut_offs
from creditbank.installation.found import Installation, find_installation
from ledger.findings import Findings
from ledger.objects import find_object


class InstallationCheck:
    """Checks what the bank says it is called and which keys sign its log."""

    kinds = ("origin", "key")

    def __init__(
        self, connection: Connection, findings: Findings, verifier_keys: Collection[str]
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._verifier_keys = verifier_keys
        self._installation = find_installation(connection)
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
                self._check_origin(entry, found[1], self._installation)
            elif found[0] == KEY_EVENT:
                self._check_event(entry, found[1])
            elif not set(found[1].decode("utf-8", "replace").split()) & set(self._verifier_keys):
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
        """Name the rows that no leaf accounts for."""
        for index in self._cut_offs:
            self._findings.add("key_cut_off", index, "no leaf made the row")

    def _check_origin(self, entry: Entry, document: bytes, installation: Installation) -> None:
        names = {"origin": installation.ledger_origin, "issuer": installation.issuer_did}
        if document != orjson.dumps(names, option=orjson.OPT_SORT_KEYS):
            problem = "its ledger_origin or issuer_did is not what its document says"
            self._findings.add("installation", entry.index, problem)
