"""Read what is stated of a learner who may have no account yet, and find or make the account's key.

A learner number is linked once per provider. An identity number, where stated, leads to the same
account from every provider, but only with the same name: a number alone attaches nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.documents import Document, identity_card
from creditbank.learners.find import learner_tag
from creditbank.learners.identity_number import normalised
from creditbank.learners.known_names import folded_names
from creditbank.learners.names import agrees
from creditbank.learners.open import Newcomer
from creditbank.learners.queries import existing_accounts

BIRTH_YEAR_MIN = 1900
NAME_LENGTH_MAX = 200
_TRIES_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedLearner:
    """What is stated of a learner; everything is optional but the provider's own number."""

    learner_number: str | None = None
    name: str | None = None
    birth_year: int | None = None
    identity_number: str | None = None

    @property
    def document(self) -> Document | None:
        """The citizen's identity card, by its number in the one form, where it is stated."""
        number = self.identity_number
        return None if number is None else identity_card(normalised(number))


def require_sound(stated: StatedLearner, now: datetime) -> None:
    """Raise `InvalidInput` that names every wrong field."""
    problems = list(_problems(stated, now))
    if problems:
        raise InvalidInput(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Finds or makes the keys of newcomers of one institution."""

    institution_id: str
    readers: Readers
    keystore: KeyStore

    def receive(self, stated: StatedLearner, now: datetime) -> Newcomer:
        """Give the newcomer with her key; raises `InvalidInput` or `Refusal`.

        Codes: "learner-name-differs" where a number is known with another name, and
        "identity-number-elsewhere" where it belongs to another account than the learner number.
        """
        require_sound(stated, now)
        return Newcomer(
            key=self._key(stated),
            learner_number=stated.learner_number,
            name=stated.name,
            birth_year=stated.birth_year,
            document=stated.document if self.keystore.keeps_numbers else None,
        )

    def _key(self, stated: StatedLearner) -> AccountKey:
        tag = self._learner_tag(stated)
        if stated.document is None:
            return self.keystore.find_or_make([tag])[tag]
        identity = stated.document.tag(self.keystore.secrets)
        for _ in range(_TRIES_MAX):
            try:
                return self._with_identity(stated, tag, identity)
            except IntegrityError:
                continue  # Another process received her at the same moment: look again.
        raise Refusal("busy", retry_after_seconds=1)

    def _with_identity(self, stated: StatedLearner, tag: bytes, identity: bytes) -> AccountKey:
        found = self.keystore.find([tag, identity])
        by_number, by_identity = found.get(tag), found.get(identity)
        if by_identity is None:
            if by_number is None:
                return self.keystore.make_account([tag, identity])
            if not self._is_opened(by_number):
                self.keystore.link(identity, by_number)
            return by_number  # What an opened account lacks is added when a document is seen.
        if by_number is None:
            self._require_same_name(by_identity, stated.name)
            self.keystore.link(tag, by_identity)
        elif by_number.account_id != by_identity.account_id:
            raise Refusal("identity-number-elsewhere")
        return by_identity

    def _is_opened(self, key: AccountKey) -> bool:
        with self.readers.reading() as connection:
            return bool(existing_accounts(connection, [key.account_id]))

    def _require_same_name(self, key: AccountKey, name: str | None) -> None:
        with self.readers.reading() as connection:
            names = folded_names(connection, {key.account_id: key}).get(key.account_id)
        if names is None:
            return  # The key was made, but its account was never opened: she is still a newcomer.
        if name is None or not agrees(name, names):
            raise Refusal("learner-name-differs")

    def _learner_tag(self, stated: StatedLearner) -> bytes:
        number = stated.learner_number or ""
        secrets = self.keystore.secrets
        return learner_tag(secrets, self.institution_id, "learner_number", number)


def _problems(stated: StatedLearner, now: datetime) -> Iterator[FieldProblem]:
    if stated.name is not None and not stated.name.strip():
        yield FieldProblem(field="name", code="field-missing")
    if stated.birth_year is not None and not BIRTH_YEAR_MIN <= stated.birth_year <= now.year:
        yield FieldProblem(field="birth_year", code="birth-year-impossible")
    if (document := stated.document) is None:
        return
    if document.birth_year is None:
        yield FieldProblem(field="identity_number", code="identity-number-wrong")
    elif stated.birth_year not in {None, document.birth_year}:
        yield FieldProblem(field="birth_year", code="birth-year-differs")
