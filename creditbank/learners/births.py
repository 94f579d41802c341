"""What is known of a learner's birth: a checked document goes before the opening of her account."""

from collections.abc import Mapping, Sequence

from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.learners.ages import BIRTH_DATE
from creditbank.learners.checked_documents import StoredDocument
from creditbank.learners.identity_number import birth_date_of, is_identity_number
from creditbank.learners.queries import StoredAccount


def stated_of(
    account: StoredAccount, documents: Sequence[StoredDocument], key: AccountKey
) -> Mapping[str, object]:
    """Give what was stated of a learner at the opening, and her birth by the last such document."""
    opening = open_fields(key, "account", account.id, account.sealed_statement)
    seen = [day for one in documents if (day := _birth_date(one.open(key))) is not None]
    return {**opening, BIRTH_DATE: seen[-1]} if seen else opening


def _birth_date(facts: Mapping[str, str]) -> str | None:
    number = facts.get("number", "")
    if is_identity_number(number):
        return birth_date_of(number).isoformat()
    return facts.get(BIRTH_DATE)
