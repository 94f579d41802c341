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
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.account_state import AccountState, StateAct, require_in_use
from creditbank.learners.change_state import AccountLife
from creditbank.learners.known_names import name_rows
from creditbank.outcomes.merged import MergedOutcome, as_merged, merged_rows, part_outcomes
from creditbank.passes.end import end_passes_showing
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge found: for each outcome that counts once, the one that counts for it."""

    same_results: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAccounts:
    """Ask that one account of a person go on in another; asking again changes nothing."""

    pair: Pair

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Accounts:
        """Load both accounts and what lies in them."""
        return load_accounts(connection, [one.pair for one in commands])

    def decide(self, state: Accounts, moment: Moment) -> Decision[Accounts, Merged]:
        """Merge them, and tell both.

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
        joining = names_that_join(
            merged, survivor, state.names, by=self.pair.by.person, moment=moment
        )
        return Decision(
            answer=_answer(found, state, merged),
            state=replace(written.state, merged=[*state.merged, *found]),
            rows={**written.rows, **merged_rows(found), **name_rows(joining)},
            changes=written.changes,
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

        Passes that show outcomes of both end. Raises a `Refusal`: "forbidden", "not-found",
        "account-state-wrong".
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
        return Decision(
            answer=AccountState(written.state.lives[merged.account_id].account.state),
            state=replace(written.state, merged=left),
            rows=written.rows,
            changes=[
                *written.changes,
                part_outcomes(own),
                names_that_leave(merged, survivor, state.recorded),
                end_passes_showing(survivor.account_id, own, moment.now),
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
    return Merged(
        same_results={
            one.outcome_id: one.same_as_id
            for one in found
            if one.same_as_id is not None and one.outcome_id in own
        }
    )
