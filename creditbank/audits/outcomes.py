"""Outcomes against the leaves that recorded or corrected them, column by column."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from creditbank.audits.definitions import readable_definitions
from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.outcome_columns import wrong_columns, wrong_in_definition
from creditbank.audits.posted_with import check_posted_with
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.keystore.account_key import AccountKey
from creditbank.measures.queries import acts_on
from creditbank.outcomes.events import events_of, is_suspended
from creditbank.outcomes.particulars import Attestation
from creditbank.outcomes.queries import (
    StoredOutcome,
    find_outcomes,
    find_revocations,
    outcome_entries,
    superseding_outcomes,
)
from creditbank.outcomes.status import ENDED, OutcomeStatus
from ledger.findings import Findings
from ledger.merkle import CompactRange

BatchTrees = defaultdict[str, CompactRange]
"""The tree over the leaves of each batch that is not yet closed."""


class OutcomeCheck(SealedRowCheck):
    """Checks every outcome's row against the statement behind its leaf."""

    table = "outcome"
    kinds = ("outcome", "correct")

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        *,
        account_id: str | None = None,
    ) -> None:
        super().__init__(connection, findings, keys, account_id=account_id)
        self.batch_trees: BatchTrees = defaultdict(CompactRange)
        self._lying_definitions: set[str] = set()

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the outcomes."""
        return outcome_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each outcome with its leaf, statement, definition and status."""
        stored = find_outcomes(self._connection, pairs.keys())
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        stated: dict[str, Fields] = {}
        for row_id, entry in pairs.items():
            outcome = stored[row_id]
            self._check_clear(entry, outcome)
            key = keys.get(outcome.account_id)
            fields = None if key is None else self._stated(entry, outcome, key)
            if fields is not None:
                stated[row_id] = fields
        self._check_definitions(stored, stated)
        self._check_status(stored, keys)
        self._check_corrections(pairs, stored)
        check_posted_with(
            self._connection,
            self._findings,
            self.table,
            [(one.entry_index, one.institution_id, one.posted_with) for one in stored.values()],
        )

    def _check_clear(self, entry: Entry, outcome: StoredOutcome) -> None:
        if outcome.id != entry.id:
            self._findings.add(self.table, entry.index, "id is not the leaf's id")
        if outcome.institution_id != entry.issuer:
            self._findings.add(self.table, entry.index, "institution_id is not the leaf's issuer")
        if outcome.batch_id is not None:
            tree = self.batch_trees[outcome.batch_id]
            self.batch_trees[outcome.batch_id] = tree.extended([entry.hash])

    def _stated(self, entry: Entry, outcome: StoredOutcome, key: AccountKey) -> Fields | None:
        sealed = SealedStatement(
            table=self.table,
            row_id=outcome.id,
            kind="outcome",
            issuer=entry.issuer,
            sealed=outcome.sealed_statement,
        )
        stated = check_statement(entry, sealed, key, self._findings)
        if stated is None:
            return None
        for column in wrong_columns(outcome, stated, key):
            problem = f"{column} is not what its statement says"
            self._findings.add(self.table, entry.index, problem)
        if stated.get("attestation") == Attestation.ARCHIVE and (
            stated.get("entered_by") in {None, stated.get("checked_by")}
        ):
            self._findings.add(self.table, entry.index, "one person entered and checked it")
        if stated.get("account_number") != key.number:
            problem = "its statement names another account's number"
            self._findings.add(self.table, entry.index, problem)
        return stated

    def _check_definitions(
        self, stored: dict[str, StoredOutcome], stated: dict[str, Fields]
    ) -> None:
        """Name a lying definition once, at the first outcome that contradicts it."""
        definitions = readable_definitions(
            self._connection, {one.definition_id for one in stored.values()}
        )
        for row_id, fields in stated.items():
            outcome = stored[row_id]
            if outcome.definition_id in self._lying_definitions:
                continue
            definition = definitions.get(outcome.definition_id)
            if definition is None:
                problems = ["it is not there, or no definition"]
            else:
                wrong = wrong_in_definition(outcome, fields, definition)
                problems = [f"{name} is not what outcomes of it state" for name in wrong]
            for problem in problems:
                named = f"{outcome.definition_id}: {problem}"
                self._findings.add("definition", outcome.entry_index, named)
                self._lying_definitions.add(outcome.definition_id)

    def _check_status(
        self, stored: dict[str, StoredOutcome], keys: Mapping[str, AccountKey]
    ) -> None:
        """Compare the status with the leaves that changed it; `revocations` has the exact word.

        Where there is no key any more, a measure may have taken an outcome back by its id.
        """
        revoked = find_revocations(self._connection, stored.keys())
        superseded = superseding_outcomes(self._connection, stored.keys())
        events = events_of(self._connection, stored.keys())
        unread = {one.id for one in stored.values() if one.account_id not in keys}
        measured = acts_on(self._connection, unread)
        for outcome in stored.values():
            acts = {one.act for one in measured.get(outcome.id, ())}
            stands = outcome.id not in revoked and outcome.id not in superseded
            suspended = is_suspended(events.get(outcome.id, []))
            is_right: dict[str, bool] = {
                OutcomeStatus.ACTIVE: stands and not suspended,
                OutcomeStatus.SUSPENDED: stands and suspended,
                OutcomeStatus.SUPERSEDED: outcome.id in superseded,
                **dict.fromkeys(ENDED, outcome.id in revoked or outcome.status in acts),
            }
            if not is_right.get(outcome.status, False):
                problem = f"no leaf, or another one, gave it the status {outcome.status}"
                self._findings.add(self.table, outcome.entry_index, problem)

    def _check_corrections(self, pairs: Pairs, stored: dict[str, StoredOutcome]) -> None:
        named = {one.corrects_id for one in stored.values() if one.corrects_id is not None}
        corrected = find_outcomes(self._connection, named)
        for row_id, entry in pairs.items():
            old = corrected.get(stored[row_id].corrects_id or "")
            refers_to = None if entry.facts.ref is None else int(entry.facts.ref)
            if (None if old is None else old.entry_index) != refers_to:
                problem = "corrects_id is not the outcome that its leaf refers to"
                self._findings.add(self.table, entry.index, problem)
            elif old is not None and old.account_id != stored[row_id].account_id:
                self._findings.add(self.table, entry.index, "it corrects another's outcome")
