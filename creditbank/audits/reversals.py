"""Reversals of conversions against their leaves, and the status of what they reversed."""

from collections.abc import Iterator, Mapping

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.posted_with import check_posted_with
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import SealedStatement, check_statement
from creditbank.credits.queries import (
    StoredConversion,
    StoredReversal,
    find_conversions,
    find_reversals,
    reversal_entries,
)
from creditbank.credits.reversal import DECISION_ITSELF, ReversalCause, Standing, as_standing
from creditbank.credits.status import ConversionStatus
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.queries import StoredOutcome, find_outcomes


class ReversalCheck(SealedRowCheck):
    """Checks every reversal; its rows are named by the conversion that they reverse."""

    table = "conversion_reversal"
    kinds = ("reverse",)

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and conversion of the reversals."""
        return reversal_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each reversal with its leaf, its statement, its conversion and its outcome."""
        stored = find_reversals(self._connection, pairs.keys())
        conversions = find_conversions(self._connection, pairs.keys())
        standing = {one.conversion.id: one for one in as_standing(self._connection, conversions)}
        named = {one.outcome_id for one in stored.values() if one.outcome_id is not None}
        outcomes = find_outcomes(self._connection, named)
        accounts = {pairs[one.id].index: one.account_id for one in conversions.values()}
        keys = self._keys.open(accounts)
        for conversion_id, entry in pairs.items():
            reversal, conversion = stored[conversion_id], conversions.get(conversion_id)
            if conversion is None:
                self._findings.add(self.table, entry.index, "conversion_id is no conversion")
                continue
            self._add(entry, _wrong_in_clear(entry, reversal, standing[conversion_id]))
            key = keys.get(conversion.account_id)
            if key is not None:
                outcome = outcomes.get(reversal.outcome_id or "")
                self._add(entry, self._wrong_in_statement(entry, reversal, outcome, key))
        posted = [
            (pairs[one.conversion_id].index, decider, one.decided_with)
            for one in stored.values()
            if (decider := _decider(one, conversions, outcomes)) is not None
        ]
        check_posted_with(self._connection, self._findings, self.table, posted)

    def _wrong_in_statement(
        self,
        entry: Entry,
        reversal: StoredReversal,
        outcome: StoredOutcome | None,
        key: AccountKey,
    ) -> Iterator[str]:
        sealed = SealedStatement(
            table=self.table,
            row_id=reversal.id,
            kind="reverse",
            issuer=entry.issuer,
            sealed=reversal.sealed_statement,
        )
        stated = check_statement(entry, sealed, key, self._findings)
        if stated is None:
            return
        if stated.get("conversion") != reversal.conversion_id:
            yield "its statement is of another conversion"
        if stated.get("cause", ReversalCause.OUTCOME.value) != reversal.cause:
            yield "cause is not what its statement says"
        if stated.get("outcome") != (None if outcome is None else outcome.id):
            yield "its statement is of another outcome"
        elif outcome is not None and stated.get("outcome_status") != outcome.status:
            yield "its outcome's status is not what it states"


def _wrong_in_clear(entry: Entry, reversal: StoredReversal, standing: Standing) -> Iterator[str]:
    """Name what can be read to be wrong whether or not there is a key."""
    conversion, uses = standing.conversion, standing.uses
    released = (entry.facts.release or b"").decode().replace('"', "")
    if reversal.id != entry.id:
        yield "id is not the leaf's id"
    if conversion.institution_id != entry.issuer:
        yield "its conversion's institution is not the leaf's issuer"
    if int(entry.facts.ref or b"-1") != conversion.entry_index:
        yield "conversion_id is not the conversion that its leaf refers to"
    if sorted(released.split(",")) != sorted(use.nullifier.hex() for use in uses):
        yield "what its leaf releases is not what its conversion used"
    if reversal.cause not in set(ReversalCause):
        yield f"there is no cause {reversal.cause}"
    needs_none = reversal.cause in DECISION_ITSELF
    if (reversal.outcome_id is None) != needs_none:
        yield "outcome_id does not go with its cause"
    if not needs_none and reversal.outcome_id not in standing.resting_on:
        yield "outcome_id is not what its conversion rested on"
    if conversion.status != ConversionStatus.REVERSED:
        yield "its conversion does not say that it is reversed"


def _decider(
    reversal: StoredReversal,
    conversions: Mapping[str, StoredConversion],
    outcomes: Mapping[str, StoredOutcome],
) -> str | None:
    """Give the institution that reversed: the outcome's, or the one that recognised the credit."""
    if reversal.cause in {ReversalCause.OUTCOME, ReversalCause.CORRECTION}:
        outcome = outcomes.get(reversal.outcome_id or "")
        return None if outcome is None else outcome.institution_id
    conversion = conversions.get(reversal.conversion_id)
    return None if conversion is None else conversion.institution_id
