"""Merges of accounts against their leaves, and what was merged with them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import KeySource, readable_keys
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.closures.queries import (
    StoredMerge,
    find_merges,
    merge_entries,
    merged_accounts,
    merges_of,
    standing_merges,
)
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.learners.account_state import StateAct
from creditbank.learners.queries import find_accounts, merged_pointers, pseudonyms_among
from creditbank.outcomes.merged import MergedOutcome, merged_outcomes, stated_in_survivor
from creditbank.outcomes.queries import StoredOutcome, find_outcomes, outcomes_of_account
from creditbank.outcomes.stated import stated_natural_key
from ledger.errors import LedgerError
from ledger.findings import Findings


class MergeCheck(SealedRowCheck):
    """Checks every entry of a merge or of its undoing: row, statement and leaf."""

    table = "account_merge"
    kinds = ("merge",)

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the entries."""
        return merge_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each entry with its leaf, its statement and what it refers to."""
        stored = find_merges(self._connection, pairs.keys())
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        accounts = find_accounts(self._connection, {one.account_id for one in stored.values()})
        earlier = merges_of(self._connection, accounts)
        pseudonyms = pseudonyms_among(
            self._connection, {id_ for one in stored.values() for id_ in _named(one)}
        )
        for row_id, entry in pairs.items():
            merge = stored[row_id]
            account = accounts.get(merge.account_id)  # None for an erased one.
            ref = int(entry.facts.ref or b"-1")
            if account is not None and ref != _refers_to(merge, earlier, account.entry_index):
                self._add(entry, ["its leaf refers to neither the opening nor what it undoes"])
            key = keys.get(merge.account_id)
            if key is not None and (stated := self._stated(entry, merge, key)) is not None:
                self._add(entry, _wrong_columns(entry, merge, stated, pseudonyms))

    def _stated(self, entry: Entry, merge: StoredMerge, key: AccountKey) -> Fields | None:
        sealed = SealedStatement(
            table=self.table,
            row_id=merge.id,
            kind="merge",
            issuer=entry.issuer,
            sealed=merge.sealed_statement,
        )
        return check_statement(entry, sealed, key, self._findings)


class MergedOutcomesCheck:
    """Recomputes, under both keys, what each outcome of a merged account is in the other one."""

    table = "merged_outcome"

    def __init__(self, connection: Connection, findings: Findings, source: KeySource) -> None:
        self._connection = connection
        self._findings = findings
        self._source = source

    def run(self) -> None:
        """Check all of them, and that none is missing."""
        stored = merged_outcomes(self._connection)
        named = {one.outcome_id for one in stored}
        others = {one.same_as_id for one in stored if one.same_as_id is not None}
        outcomes = find_outcomes(self._connection, named | others)
        accounts = {one.account_id for one in outcomes.values()}
        pointers = merged_pointers(self._connection, list(accounts))
        keys = readable_keys(self._source, accounts | {one.account_id for one in stored})
        for one in stored:
            outcome = outcomes.get(one.outcome_id)
            if outcome is None or pointers.get(outcome.account_id) != one.account_id:
                self._add(outcome, one, "it is no outcome of an account merged into this")
            elif {outcome.account_id, one.account_id} <= keys.keys():
                self._check(one, outcome, outcomes, keys)
        self._find_missing(named)

    def _check(
        self,
        one: MergedOutcome,
        outcome: StoredOutcome,
        outcomes: Mapping[str, StoredOutcome],
        keys: Mapping[str, AccountKey],
    ) -> None:
        survivor = keys[one.account_id]
        with suppress(SealBroken, LedgerError, KeyError, ValueError):  # Named by its own check.
            stated = stated_in_survivor(outcome, keys[outcome.account_id], survivor)
            tag = survivor.natural_tag(stated_natural_key(stated, outcome.institution_id))
            if one.same_as_id is not None:
                other = outcomes.get(one.same_as_id)
                has_more = one.tag is not None or one.sealed_stated is not None
                if has_more or other is None or _tag_of(other, keys, survivor) != tag:
                    self._add(outcome, one, "same_as_id is no outcome with the same result")
            elif one.tag != tag:
                self._add(outcome, one, "tag is not what its statement says")
            elif not _opens_as(one, survivor, stated):
                self._add(outcome, one, "sealed_stated is not what its statement says")

    def _find_missing(self, named: Collection[str]) -> None:
        standing = standing_merges(self._connection, merged_accounts(self._connection))
        for one in merges_of(self._connection, standing):
            if one.act != StateAct.MERGE or one.account_id != one.merged_id:
                continue
            for outcome in outcomes_of_account(self._connection, one.account_id):
                is_before = outcome.entry_index < one.entry_index
                if is_before and outcome.natural_tag is not None and outcome.id not in named:
                    problem = f"outcome {outcome.id} of a merged account is not in it"
                    self._findings.add(self.table, outcome.entry_index, problem)

    def _add(self, outcome: StoredOutcome | None, one: MergedOutcome, problem: str) -> None:
        index = -1 if outcome is None else outcome.entry_index
        self._findings.add(self.table, index, f"{one.outcome_id}: {problem}")


def _refers_to(merge: StoredMerge, earlier: Collection[StoredMerge], opening: int) -> int:
    """Give the index that an entry's leaf must refer to."""
    if merge.act == StateAct.MERGE:
        return opening
    before = [
        one.entry_index
        for one in earlier
        if one.account_id == merge.account_id
        and one.merged_id == merge.merged_id
        and one.entry_index < merge.entry_index
    ]
    return max(before, default=-1)


def _wrong_columns(
    entry: Entry, merge: StoredMerge, stated: Fields, pseudonyms: Collection[str]
) -> Iterator[str]:
    if merge.id != entry.id:
        yield "id is not the leaf's id"
    columns = {
        "act": merge.act,
        "decided_by": merge.decided_by,
        "merged_account": merge.merged_id,
        "surviving_account": merge.survivor_id,
    }
    for name, value in columns.items():
        # A pseudonym stands where the other account was erased since.
        if stated.get(name) != value and value not in pseudonyms:
            yield f"{name} is not what its statement says"


def _named(merge: StoredMerge) -> list[str]:
    return [one for one in (merge.merged_id, merge.survivor_id) if one is not None]


def _tag_of(
    outcome: StoredOutcome, keys: Mapping[str, AccountKey], survivor: AccountKey
) -> bytes | None:
    key = keys.get(outcome.account_id)
    if key is None:
        return None
    stated = stated_in_survivor(outcome, key, survivor)
    return survivor.natural_tag(stated_natural_key(stated, outcome.institution_id))


def _opens_as(one: MergedOutcome, survivor: AccountKey, stated: Fields) -> bool:
    try:
        return one.stated(survivor) == stated
    except SealBroken:
        return False
