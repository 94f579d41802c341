"""Merge two accounts of one person 合并账户, and undo it: nothing is deleted, no row moves.

One account goes on, the survivor; the other is marked merged, and every look-up that led to it
leads to the survivor. Each of the two acts makes a leaf under either account's key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.access.actor import Scope
from creditbank.closures.merge_entries import Accounts, Pair, load_accounts, write_for_both
from creditbank.closures.merge_names import names_that_join, names_that_leave
from creditbank.credits.conflicts import conflict_rows
from creditbank.credits.freeze_conflicts import conflict_notices, in_conflict_from
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.grants.end import end_grants_showing
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.account_state import AccountState, StateAct, require_in_use
from creditbank.learners.change_state import AccountLife
from creditbank.learners.known_names import name_rows
from creditbank.learners.notices import notice_rows
from creditbank.outcomes.merged import MergedOutcome, as_merged, merged_rows, part_outcomes
from creditbank.passes.end import end_passes_showing
from creditbank.writer.command import Decision, Moment, joined
from creditbank.writer.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge found: for each outcome that counts once, the one that counts for it.

    `frozen` names the conversions of what another account used before, each with the ledger
    indexes of those uses.
    """

    same_results: Mapping[str, str]
    frozen: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAccounts:
    """Ask that one account of a person go on in another; asking again changes nothing."""

    pair: Pair

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Accounts:
        """Load both accounts and what lies in them."""
        return load_accounts(connection, [one.pair for one in commands])

    def decide(self, state: Accounts, moment: Moment) -> Decision[Accounts, Merged]:
        """Merge them, and tell both; of what both used, the later conversion is frozen.

        Raises a `Refusal`: "forbidden", "not-found", "account-not-in-use", "account-state-wrong",
        "merge-has-merged", "merge-of-erased", "merge-into-claimed"; `InvalidInput` for the same
        account twice.
        """
        self.pair.by.require(Scope.ACCOUNTS_DECIDE)
        merged, survivor = self.pair.keys
        if merged.account_id == survivor.account_id:
            raise InvalidInput([FieldProblem(field="into", code="merge-into-itself")])
        life, goes_on = state.life(merged), state.life(survivor)
        if life.account.merged_into == survivor.account_id:
            again = [one for one in state.merged if one.account_id == survivor.account_id]
            return Decision(answer=_answer(again, state, merged), state=state)
        _require_mergeable(life, goes_on, state)
        found = as_merged(
            state.outcomes.get(merged.account_id, ()),
            merged,
            survivor,
            state.standing(survivor.account_id),
            moment.entropy,
        )
        written = write_for_both(self.pair, StateAct.MERGE, state, moment)
        met = state.contested.met(merged.account_id, state.as_one(survivor.account_id))
        contested = state.contested.frozen(merged.account_id, met, moment.next_index)
        after = replace(written.state, merged=[*state.merged, *found], contested=contested)
        joining = names_that_join(
            merged, survivor, state.names, by=self.pair.by.person, moment=moment
        )
        return Decision(
            answer=_answer(found, after, merged),
            state=after,
            rows=joined(
                written.rows,
                merged_rows(found),
                name_rows(joining),
                conflict_rows(one.since(moment.next_index) for one in met),
                notice_rows(*conflict_notices(met, self.pair.keys, moment)),
            ),
            changes=[*written.changes, *in_conflict_from(met)],
            leaves=written.leaves,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAccounts:
    """Ask that two accounts be apart again: each as before, what was posted since stays."""

    pair: Pair

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Accounts:
        """Load both accounts and what lies in them."""
        return load_accounts(connection, [one.pair for one in commands])

    def decide(self, state: Accounts, moment: Moment) -> Decision[Accounts, AccountState]:
        """Part them, and tell both; the answer is the state of the one that was merged.

        What was frozen because of the other counts again.

        Passes and grants that show outcomes of both end. Raises a `Refusal`: "forbidden",
        "not-found", "account-state-wrong".
        """
        self.pair.by.require(Scope.ACCOUNTS_DECIDE)
        merged, survivor = self.pair.keys
        life = state.life(merged)
        state.life(survivor)
        if life.account.merged_into != survivor.account_id:
            raise Refusal("account-state-wrong", state=life.account.state)
        written = write_for_both(self.pair, StateAct.PART, state, moment)
        own = [one.id for one in state.outcomes.get(merged.account_id, ())]
        left = [one for one in state.merged if one.outcome_id not in own]
        contested = state.contested
        return Decision(
            answer=AccountState(written.state.lives[merged.account_id].account.state),
            state=replace(
                written.state, merged=left, contested=contested.parted(merged.account_id)
            ),
            rows=written.rows,
            changes=[
                *written.changes,
                part_outcomes(own),
                names_that_leave(merged, survivor, state.recorded),
                end_passes_showing(survivor.account_id, own, moment.now),
                end_grants_showing(survivor.account_id, own, moment.now),
                *contested.ends(merged.account_id, moment.next_index),
            ],
            leaves=written.leaves,
        )


def merge_accounts(writer: Writer, keystore: KeyStore, pair: Pair) -> Merged:
    """Merge two accounts, then lead every look-up over; whoever broke off in between asks again."""
    answer = writer.write(MergeAccounts(pair=pair)).answer
    keystore.lead_over(pair.merged.account_id, pair.survivor.account_id)
    return answer


def part_accounts(writer: Writer, keystore: KeyStore, pair: Pair) -> AccountState:
    """Part two accounts, then lead every look-up back that led to the merged one."""
    answer = writer.write(PartAccounts(pair=pair)).answer
    keystore.lead_back(pair.merged.account_id)
    return answer


def _require_mergeable(life: AccountLife, goes_on: AccountLife, state: Accounts) -> None:
    if life.account.id in state.survivors():
        raise Refusal("merge-has-merged")
    if not {life.account.id, goes_on.account.id}.isdisjoint(state.to_erase):
        raise Refusal("merge-of-erased")
    require_in_use(goes_on.account.state)
    is_owned = life.account.state != AccountState.UNCLAIMED
    if is_owned and goes_on.account.state == AccountState.UNCLAIMED:
        raise Refusal("merge-into-claimed")


def _answer(found: Sequence[MergedOutcome], state: Accounts, merged: AccountKey) -> Merged:
    own = {one.id for one in state.outcomes.get(merged.account_id, ())}
    since = max(one.entry_index for one in state.entries if one.account_id == merged.account_id)
    frozen: dict[str, list[int]] = {}
    for one in state.contested.open:
        if one.since == since:
            frozen.setdefault(one.conversion_id, []).append(one.counts_entry)
    return Merged(
        frozen=frozen,
        same_results={
            one.outcome_id: one.same_as_id
            for one in found
            if one.same_as_id is not None and one.outcome_id in own
        },
    )
