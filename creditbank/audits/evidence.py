"""Evidence against its leaves, and the sealed files against the hashes behind them."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.evidence.queries import StoredEvidence, evidence_entries, find_evidence
from creditbank.evidence.show import read_file
from creditbank.evidence.store import EvidenceStore
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.outcomes.move_evidence import reassigned_among
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from ledger.findings import Findings


class EvidenceCheck(SealedRowCheck):
    """Checks every piece of evidence: row, statement, leaf and file."""

    table = "evidence"
    kinds = ("evidence",)

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        *,
        store: EvidenceStore,
        account_id: str | None = None,
    ) -> None:
        super().__init__(connection, findings, keys, account_id=account_id)
        self._store = store

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the pieces."""
        return evidence_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each piece with its leaf, its statement and its file."""
        stored = find_evidence(self._connection, pairs.keys())
        about = {one.outcome_id for one in stored.values() if one.outcome_id is not None}
        outcomes, moved = (
            find_outcomes(self._connection, about),
            reassigned_among(self._connection, about),
        )
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        for row_id, entry in pairs.items():
            piece = stored[row_id]
            self._add(entry, _clear_problems(entry, piece, outcomes))
            key = keys.get(piece.account_id)
            if key is not None and (stated := self._stated(entry, piece, key)) is not None:
                self._add(entry, _stated_problems(piece, stated))
                self._check_owner(entry, piece, outcomes)
                if piece.outcome_id not in moved:  # Its file went with the outcome.
                    self._check_file(entry, piece, key)

    def _stated(self, entry: Entry, piece: StoredEvidence, key: AccountKey) -> Fields | None:
        sealed = SealedStatement(
            table=self.table,
            row_id=piece.id,
            kind="evidence",
            issuer=piece.issuer,
            sealed=piece.sealed_statement,
        )
        return check_statement(entry, sealed, key, self._findings)

    def _check_owner(
        self, entry: Entry, piece: StoredEvidence, outcomes: Mapping[str, StoredOutcome]
    ) -> None:
        outcome = outcomes.get(piece.outcome_id or "")
        if outcome is not None and outcome.account_id != piece.account_id:
            self._add(entry, ["outcome_id is an outcome of another account"])

    def _check_file(self, entry: Entry, piece: StoredEvidence, key: AccountKey) -> None:
        try:
            if read_file(self._store, key, piece) is None:
                self._add(entry, ["its file is gone"])
        except SealBroken:
            self._add(entry, ["its file is not the one that its leaf commits to"])


def _clear_problems(
    entry: Entry, piece: StoredEvidence, outcomes: Mapping[str, StoredOutcome]
) -> Iterator[str]:
    if piece.issuer != entry.issuer:
        yield "issuer is not the leaf's issuer"
    if piece.added_at != int(entry.facts.at):
        yield "added_at is not the time of its leaf"
    outcome = outcomes.get(piece.outcome_id or "")
    index = None if outcome is None else outcome.entry_index
    if index != (None if entry.facts.ref is None else int(entry.facts.ref)):
        yield "outcome_id is not the outcome that its leaf refers to"


def _stated_problems(piece: StoredEvidence, stated: Fields) -> Iterator[str]:
    columns = {
        "added_by": piece.added_by,
        "evidence": piece.id,
        "kind": piece.kind,
        "media_type": piece.media_type,
        "outcome": piece.outcome_id,
        "size": piece.size,
    }
    for name, value in columns.items():
        if stated.get(name) != value:
            yield f"{name} is not what its statement says"
