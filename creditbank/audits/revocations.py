"""Revocations against their leaves, and the status of the outcomes that they changed."""

from collections.abc import Iterator, Sequence

from creditbank.access.logins import accounts_of_logins
from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.posted_with import check_posted_with
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import SealedStatement, check_statement
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.queries import (
    StoredOutcome,
    StoredRevocation,
    find_outcomes,
    find_revocations,
    revocation_entries,
)
from creditbank.outcomes.status import HOLDER_CLASSES


class RevocationCheck(SealedRowCheck):
    """Checks every revocation; its rows are named by the outcome that they revoke."""

    table = "outcome_revocation"
    kinds = ("revoke", "reassign")

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and outcome of the revocations."""
        return revocation_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each revocation with its leaf, its statement and its outcome."""
        stored = find_revocations(self._connection, pairs.keys())
        outcomes = find_outcomes(self._connection, pairs.keys())
        keys = self._keys.open({pairs[one.id].index: one.account_id for one in outcomes.values()})
        for outcome_id, entry in pairs.items():
            revocation, outcome = stored[outcome_id], outcomes.get(outcome_id)
            if outcome is None:
                self._findings.add(self.table, entry.index, "outcome_id is no outcome")
                continue
            self._check_clear(entry, revocation, outcome)
            key = keys.get(outcome.account_id)
            if key is not None:
                self._check_stated(entry, revocation, outcome, key)
        cancelled = {
            one.id for one in outcomes.values() if one.status in HOLDER_CLASSES
        } & stored.keys()
        posted = [
            (entry.index, entry.issuer, stored[outcome_id].posted_with)
            for outcome_id, entry in pairs.items()
            if outcome_id not in cancelled
        ]
        check_posted_with(self._connection, self._findings, self.table, posted)
        self._check_holders([(pairs[one], outcomes[one], stored[one]) for one in sorted(cancelled)])

    def _check_holders(
        self, asked: Sequence[tuple[Entry, StoredOutcome, StoredRevocation]]
    ) -> None:
        """Name the cancellations that the outcome's holder cannot have asked for."""
        accounts = accounts_of_logins(self._connection, {one.posted_with for _, _, one in asked})
        for entry, outcome, one in asked:
            if accounts.get(one.posted_with) != outcome.account_id:
                self._add(entry, [f"posted_with {one.posted_with} is no login of its account"])

    def _check_clear(
        self, entry: Entry, revocation: StoredRevocation, outcome: StoredOutcome
    ) -> None:
        if revocation.id != entry.id:
            self._findings.add(self.table, entry.index, "id is not the leaf's id")
        if int(entry.facts.ref or b"-1") != outcome.entry_index:
            problem = "outcome_id is not the outcome that its leaf refers to"
            self._findings.add(self.table, entry.index, problem)
        if (entry.kind == "reassign") != (revocation.reassigned_to is not None):
            problem = f"its leaf is of type {entry.kind}, and reassigned_to says otherwise"
            self._findings.add(self.table, entry.index, problem)

    def _check_stated(
        self,
        entry: Entry,
        revocation: StoredRevocation,
        outcome: StoredOutcome,
        key: AccountKey,
    ) -> None:
        sealed = SealedStatement(
            table=self.table,
            row_id=revocation.id,
            kind=entry.kind,
            issuer=outcome.institution_id,
            sealed=revocation.sealed_statement,
        )
        stated = check_statement(entry, sealed, key, self._findings)
        if stated is None:
            return
        if stated.get("outcome") != outcome.id:
            self._findings.add(self.table, entry.index, "its statement is of another outcome")
        if stated.get("reassigned_to") != revocation.reassigned_to:
            problem = "reassigned_to is not what its statement says"
            self._findings.add(self.table, entry.index, problem)
        if stated.get("status") != outcome.status:
            problem = f"status {outcome.status} is not what its revocation states"
            self._findings.add("outcome", outcome.entry_index, problem)
