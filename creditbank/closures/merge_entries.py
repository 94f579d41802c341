"""What merging two accounts and parting them write alike: states, entries, leaves, notices."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from creditbank.access.actor import Actor
from creditbank.access.logins import lead_login_over
from creditbank.closures.merge_names import load_names
from creditbank.closures.queries import StoredMerge, merges_of, standing_among
from creditbank.closures.request_erasure import find_erasures
from creditbank.closures.tables import AccountMergeRow
from creditbank.conversion.days import civil_day
from creditbank.credits.freeze_conflicts import Contested, load_contested
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import StateAct
from creditbank.learners.change_state import (
    AccountLife,
    change_state,
    find_lives,
    set_merged_into,
)
from creditbank.learners.known_names import KnownName, StoredName
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.outcomes.merged import MergedOutcome, merged_outcomes
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_account
from creditbank.writer.command import Moment, Rows
from ledger.leaf import LeafDraft, new_id
from ledger.statement import make_statement

_TOLD = {
    StateAct.MERGE: NoticeSubject.ACCOUNTS_MERGED,
    StateAct.PART: NoticeSubject.ACCOUNTS_PARTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two accounts of one person, and who decides what about them, as which institution."""

    merged: AccountKey
    survivor: AccountKey
    by: Actor
    institution_id: str
    reason: str
    secrets: VaultSecrets

    @property
    def keys(self) -> tuple[AccountKey, AccountKey]:
        """The keys of both."""
        return self.merged, self.survivor


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Accounts with their histories and outcomes, what was merged into them, and how."""

    lives: Mapping[str, AccountLife]
    outcomes: Mapping[str, Sequence[StoredOutcome]]
    merged: Sequence[MergedOutcome] = ()
    entries: Sequence[StoredMerge] = ()
    to_erase: Collection[str] = ()
    names: Mapping[str, Sequence[KnownName]] = field(default_factory=dict)
    recorded: Mapping[str, Sequence[StoredName]] = field(default_factory=dict)
    contested: Contested = field(default_factory=Contested)

    def life(self, key: AccountKey) -> AccountLife:
        """Give an account; raises `Refusal("not-found")`."""
        found = self.lives.get(key.account_id)
        if found is None:
            raise Refusal("not-found")
        return found

    def survivors(self) -> set[str]:
        """Give the accounts into which others are merged now."""
        return set(standing_among(self.entries).values())

    def as_one(self, survivor_id: str) -> set[str]:
        """Give an account that goes on with those that are merged into it now."""
        into = standing_among(self.entries)
        return {survivor_id, *(one for one, other in into.items() if other == survivor_id)}

    def standing(self, survivor_id: str) -> dict[bytes, str]:
        """Give the outcome that has each natural tag under the key of an account that goes on."""
        own = {
            one.natural_tag: one.id
            for one in self.outcomes.get(survivor_id, ())
            if one.natural_tag is not None
        }
        others = {
            one.tag: one.outcome_id
            for one in self.merged
            if one.account_id == survivor_id and one.tag is not None
        }
        return {**others, **own}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenForBoth:
    """What merging and parting write alike."""

    state: Accounts
    rows: Mapping[type[SQLModel], Rows]
    changes: Sequence[Executable]
    leaves: Sequence[LeafDraft]


def write_for_both(pair: Pair, act: StateAct, state: Accounts, moment: Moment) -> WrittenForBoth:
    """Change the state of the merged account, append both entries, and draft both notices."""
    merged, survivor = pair.keys
    into = survivor.account_id if act is StateAct.MERGE else None
    changed = change_state(
        state.life(merged),
        merged,
        act=act,
        by=pair.by.person,
        why={"reason": pair.reason},
        moment=moment,
    )
    entries, leaves = zip(
        *(_entry(pair, key, act, state, moment.after(at)) for at, key in enumerate(pair.keys)),
        strict=True,
    )
    facts = {
        "day": civil_day(moment.now).isoformat(),
        "merged": merged.number,
        "survivor": survivor.number,
        "reason": pair.reason,
    }
    told = [draft_notice(key, subject=_TOLD[act], facts=facts, moment=moment) for key in pair.keys]
    names = StoredMerge.__slots__
    life = replace(changed.life, account=replace(changed.life.account, merged_into=into))
    return WrittenForBoth(
        state=replace(
            state,
            lives={**state.lives, merged.account_id: life},
            entries=[*state.entries, *entries],
        ),
        rows={
            **changed.rows,
            **notice_rows(*told),
            AccountMergeRow: [{name: getattr(one, name) for name in names} for one in entries],
        },
        changes=[
            *changed.changes,
            set_merged_into(merged.account_id, into),
            lead_login_over(merged.account_id, into),
        ],
        leaves=leaves,
    )


def _entry(
    pair: Pair, key: AccountKey, act: StateAct, state: Accounts, moment: Moment
) -> tuple[StoredMerge, LeafDraft]:
    """Draft the entry under one of the keys; it refers to the opening, or to what it undoes."""
    statement = make_statement(
        issuer=pair.institution_id,
        log=moment.log,
        kind="merge",
        fields={
            "act": act.value,
            "decided_by": pair.by.person,
            "merged_account": pair.merged.account_id,
            "merged_number": pair.merged.number,
            "reason": pair.reason,
            "surviving_account": pair.survivor.account_id,
            "surviving_number": pair.survivor.number,
        },
        entropy=moment.entropy,
    )
    leaf_id = new_id(moment.now, moment.entropy)
    entry = StoredMerge(
        id=leaf_id.hex(),
        account_id=key.account_id,
        act=act.value,
        merged_id=pair.merged.account_id,
        survivor_id=pair.survivor.account_id,
        decided_by=pair.by.person,
        entry_index=moment.next_index,
        sealed_statement=seal_statement(
            key, str(AccountMergeRow.__tablename__), leaf_id.hex(), statement, moment.entropy
        ),
    )
    refers_to = state.life(key).account.entry_index
    if act is StateAct.PART:
        refers_to = max(
            one.entry_index
            for one in state.entries
            if one.account_id == key.account_id and one.merged_id == pair.merged.account_id
        )
    leaf = LeafDraft(
        t="merge",
        id=leaf_id,
        iss=pair.institution_id,
        acct=key.account_tag(leaf_id),
        stmt=statement.digest,
        ref=refers_to,
    )
    return entry, leaf


def load_accounts(connection: Connection, pairs: Sequence[Pair]) -> Accounts:
    """Load the accounts of these pairs and what lies in them."""
    named = {key.account_id for pair in pairs for key in pair.keys}
    survivors = {pair.survivor.account_id for pair in pairs}
    names, recorded = load_names(connection, [key for pair in pairs for key in pair.keys])
    entries = merges_of(connection, named)
    return Accounts(
        lives=find_lives(connection, named),
        outcomes={one: outcomes_of_account(connection, one) for one in named},
        merged=merged_outcomes(connection, survivors),
        entries=entries,
        to_erase=find_erasures(connection, sorted(named)).keys(),
        names=names,
        recorded=recorded,
        contested=load_contested(
            connection,
            {pair.merged.account_id: pair.merged for pair in pairs}.values(),
            named | standing_among(entries).keys(),
            pairs[0].secrets,
        ),
    )
