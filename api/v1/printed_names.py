"""A learner's name as printed, where she chose to show it."""

from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.learners.queries import sealed_openings


def printed_name(key: AccountKey, bank: Bank) -> str:
    """Give the name that was stated at the opening; raises `InvalidInput` where none was."""
    with bank.readers.reading() as connection:
        sealed = sealed_openings(connection, [key.account_id])[key.account_id]
    name = open_fields(key, "account", key.account_id, sealed).get("name")
    if name is None:
        raise InvalidInput([FieldProblem(field="show_name", code="name-not-known")])
    return str(name)
