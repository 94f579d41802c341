"""Whose account a request is about, and whether its actor may go there."""

from api.v1.account_keys import account_key
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.delegate import RecordAct
from creditbank.learners.delegations import DelegatedAct
from creditbank.learners.queries import accounts_as_one
from creditbank.learners.serve import require_served


def own_key(account_id: str, actor: Actor, bank: Bank) -> AccountKey:
    """Give the key of the actor's own account; any other account is alike unknown."""
    own = actor.account
    if account_id not in {"me", own}:
        raise Refusal("not-found")
    return account_key(own, bank)


def keys_as_one(key: AccountKey, bank: Bank) -> list[AccountKey]:
    """Give the keys of all accounts of a person: first that of the one that goes on.

    `key` is that of any of them.
    """
    with bank.readers.reading() as connection:
        accounts = accounts_as_one(connection, key.account_id)
    if accounts == [key.account_id]:
        return [key]
    keys = bank.keystore.get(accounts)
    return [keys[one] for one in accounts if one in keys]


def keys_by_account(key: AccountKey, bank: Bank) -> dict[str, AccountKey]:
    """Give the keys of all accounts of a person as `keys_as_one` does, by account."""
    return {one.account_id: one for one in keys_as_one(key, bank)}


def delegable_key(
    account_id: str, actor: Actor, bank: Bank, act: DelegatedAct = DelegatedAct.READ
) -> AccountKey:
    """Give the key of the actor's own account, or of one for which a delegation allows this act.

    What is done for another is recorded first; any other account is alike unknown.
    """
    if actor.account_id is not None and account_id in {"me", actor.account_id}:
        return account_key(actor.account_id, bank)
    key = account_key(account_id, bank)
    bank.writer.write(RecordAct(key=key, act=act, by=actor))
    return key


def delegable_keys(account_id: str, actor: Actor, bank: Bank) -> dict[str, AccountKey]:
    """Give the keys to read all accounts of one person that were merged, by account."""
    return keys_by_account(delegable_key(account_id, actor, bank), bank)


def served_key(account_id: str, actor: Actor, bank: Bank) -> AccountKey:
    """Give the key of an account that the actor's institution serves.

    Any other account is alike unknown.
    """
    with bank.readers.reading() as connection:
        require_served(connection, account_id, actor.institution, civil_day(bank.clock()))
    return account_key(account_id, bank)
