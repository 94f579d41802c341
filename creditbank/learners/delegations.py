"""Delegations: a guardian 监护人, a helper 代办人, or a clerk for one visit at the counter.

A guardian's ends by itself when the learner is 18, a clerk's with the day; every one ends when
either side says so, and while the account is closed, merged or its learner dead. What is done under
one is recorded before it is done.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, Select, select
from sqlmodel import col

from creditbank.access.actor import Actor
from creditbank.database import chunks, table_of
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import SHOWN, AccountState
from creditbank.learners.ages import ADULT_AT, is_below
from creditbank.learners.births import stated_of
from creditbank.learners.checked_documents import StoredDocument, documents_by_account
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import DelegatedActRow, DelegationRow


class DelegationKind(StrEnum):
    """Who it is that acts."""

    GUARDIAN = "guardian"
    HELPER = "helper"
    COUNTER = "counter"


class DelegatedAct(StrEnum):
    """What may be done for a learner."""

    READ = "read"
    CONTACTS = "contacts"
    CONSENT = "consent"
    CARDS = "cards"


ACTS: Mapping[DelegationKind, frozenset[DelegatedAct]] = {
    DelegationKind.GUARDIAN: frozenset(
        {DelegatedAct.READ, DelegatedAct.CONTACTS, DelegatedAct.CONSENT}
    ),
    # Whoever helps an adult does not consent for her.
    DelegationKind.HELPER: frozenset({DelegatedAct.READ, DelegatedAct.CONTACTS}),
    # A card of paper is made for whoever stands there.
    DelegationKind.COUNTER: frozenset(
        {DelegatedAct.READ, DelegatedAct.CONTACTS, DelegatedAct.CARDS}
    ),
}
"""The most that each may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A stored delegation; `until_day` is its last day, times are seconds since 1970."""

    id: str
    account_id: str
    kind: str
    delegate_account_id: str | None
    delegate_login_id: str | None
    acts: Sequence[str]
    from_day: str
    until_day: str | None
    given_by: str
    given_at: int
    ended_by: str | None
    ended_at: int | None

    def is_of(self, actor: Actor) -> bool:
        """Say whether it lets this actor act."""
        if self.delegate_account_id is not None:
            return self.delegate_account_id == actor.account_id
        return self.delegate_login_id == actor.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegations:
    """Accounts, the delegations that were given for them, and the documents seen of learners."""

    accounts: Mapping[str, StoredAccount]
    given: Mapping[str, Sequence[Delegation]] = field(default_factory=dict)
    documents: Mapping[str, Sequence[StoredDocument]] = field(default_factory=dict)

    def is_below(self, key: AccountKey, years: int, today: date) -> bool:
        """Say whether the learner of a loaded account may still be younger on a day."""
        account, documents = self.accounts[key.account_id], self.documents.get(key.account_id, ())
        return is_below(stated_of(account, documents, key), years, today)

    def standing(self, key: AccountKey, today: date) -> list[Delegation]:
        """Give the delegations for an account that stand on a day."""
        return [one for one in self.given.get(key.account_id, ()) if self.stands(one, key, today)]

    def stands(self, one: Delegation, key: AccountKey, today: date) -> bool:
        """Say whether a delegation stands on a day; `key` is that of the learner."""
        account = self.accounts.get(one.account_id)
        if account is None or account.state not in SHOWN or one.ended_at is not None:
            return False
        if one.delegate_account_id is not None:
            delegate = self.accounts.get(one.delegate_account_id)
            if delegate is None or delegate.state != AccountState.OPEN:
                return False
        if today.isoformat() < one.from_day or today.isoformat() > (one.until_day or "9999"):
            return False
        return one.kind != DelegationKind.GUARDIAN or self.is_below(key, ADULT_AT, today)

    def require_allowed(
        self, key: AccountKey, actor: Actor, act: DelegatedAct, today: date
    ) -> Delegation:
        """Give the delegation by which an actor may do this; raises `Refusal("not-found")`."""
        for one in self.standing(key, today):
            if one.is_of(actor) and act in one.acts:
                return one
        raise Refusal("not-found")

    def with_given(self, account_id: str, given: Sequence[Delegation]) -> "Delegations":
        """Give what is known once these are the delegations for an account."""
        return replace(self, given={**self.given, account_id: given})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAct:
    """One thing that was done for a learner."""

    id: str
    delegation_id: str
    account_id: str
    act: str
    acted_by: str
    acted_at: int


def load_delegations(
    connection: Connection, account_ids: Collection[str], others: Collection[str] = ()
) -> Delegations:
    """Load these accounts, those of their delegates and `others`, with all delegations for them."""
    given: dict[str, list[Delegation]] = {}
    for chunk in chunks(list(account_ids)):
        for one in _read(connection, _GIVEN.where(col(DelegationRow.account_id).in_(chunk))):
            given.setdefault(one.account_id, []).append(one)
    delegates = {
        one.delegate_account_id
        for all_of_one in given.values()
        for one in all_of_one
        if one.delegate_account_id is not None
    }
    accounts = find_accounts(connection, {*account_ids, *others, *delegates})
    documents = documents_by_account(connection, list(account_ids))
    return Delegations(accounts=accounts, given=given, documents=documents)


def delegations_held(connection: Connection, account_id: str) -> list[Delegation]:
    """Give the delegations by which the owner of an account may act, or might, for others."""
    return _read(connection, _GIVEN.where(col(DelegationRow.delegate_account_id) == account_id))


def acts_for(
    connection: Connection, account_id: str, *, after: str, limit: int
) -> list[RecordedAct]:
    """Give what was done for a learner by others, oldest first, from the one after `after` on."""
    wanted = select(*(table_of(DelegatedActRow).c[name] for name in RecordedAct.__slots__)).where(
        col(DelegatedActRow.account_id) == account_id, col(DelegatedActRow.id) > after
    )
    rows = connection.execute(wanted.order_by(col(DelegatedActRow.id)).limit(limit)).mappings()
    return [RecordedAct(**row) for row in rows]


_GIVEN: Select[*tuple[object, ...]] = select(
    *(table_of(DelegationRow).c[name] for name in Delegation.__slots__)
)


def _read(connection: Connection, wanted: Select[*tuple[object, ...]]) -> list[Delegation]:
    rows = connection.execute(wanted.order_by(col(DelegationRow.id))).mappings()
    return [Delegation(**row) for row in rows]
