"""The key under which everything of one account is sealed, for a route that has found whose."""

from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey


def account_key(account_id: str, bank: Bank) -> AccountKey:
    """Give an account's key; raises `Refusal("not-found")` for an account that is erased."""
    key = bank.keystore.get([account_id]).get(account_id)
    if key is None:
        raise Refusal("not-found")
    return key


def own_key(account_id: str, actor: Actor, bank: Bank) -> AccountKey:
    """Give the key of the actor's own account; any other account is alike unknown."""
    if account_id not in {"me", actor.account}:
        raise Refusal("not-found")
    return account_key(actor.account, bank)
