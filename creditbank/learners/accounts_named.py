"""The account that a person at a counter names: by its number or by its opaque id."""

from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey, is_account_number
from creditbank.keystore.secrets import LookupKind
from creditbank.keystore.store import KeyStore
from creditbank.learners.queries import going_on


def named_account(text: str, keystore: KeyStore, readers: Readers) -> AccountKey:
    """Give the key of an account, or of the one that it was merged into.

    Raises `InvalidInput` where nothing goes by this name.
    """
    plain = "".join(text.split())
    if is_account_number(plain):
        tag = keystore.secrets.lookup_tag(LookupKind.ACCOUNT_NUMBER, plain)
        key = keystore.find([tag]).get(tag)
    else:
        with readers.reading() as connection:
            goes_on = going_on(connection, [plain])[plain]
        key = keystore.get([goes_on]).get(goes_on)
    if key is None:
        raise InvalidInput([FieldProblem(field="account", code="account-unknown")])
    return key
