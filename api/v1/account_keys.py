"""The key under which everything of one account is sealed, for a route that has found whose."""

from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey


def account_key(account_id: str, bank: Bank) -> AccountKey:
    """Give an account's key; raises `Refusal("not-found")` for an account that is erased."""
    key = bank.keystore.get([account_id]).get(account_id)
    if key is None:
        raise Refusal("not-found")
    return key
