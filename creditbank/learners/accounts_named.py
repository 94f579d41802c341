"""The account that a person at a counter names: by its number or by its opaque id."""

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey, is_account_number
from creditbank.keystore.secrets import LookupKind
from creditbank.keystore.store import KeyStore


def named_account(text: str, keystore: KeyStore) -> AccountKey:
    """Give the key of an account; raises `InvalidInput` where nothing goes by this name."""
    plain = "".join(text.split())
    if is_account_number(plain):
        tag = keystore.secrets.lookup_tag(LookupKind.ACCOUNT_NUMBER, plain)
        key = keystore.find([tag]).get(tag)
    else:
        key = keystore.get([plain]).get(plain)
    if key is None:
        raise InvalidInput([FieldProblem(field="account", code="account-unknown")])
    return key
