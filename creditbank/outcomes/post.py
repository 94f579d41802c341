"""Prepare one posted result: read its fields, and find the account it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.queries import get_institution
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.store import KeyStore
from creditbank.learners.find import learner_tag
from creditbank.learners.known_names import folded_names
from creditbank.learners.match import KnownPerson, match_person
from creditbank.outcomes.catalogued import require_catalogued, require_entitled
from creditbank.outcomes.hold import Hold, Stray, hold_of
from creditbank.outcomes.learner_reference import LearnerReference
from creditbank.outcomes.posting import PostedOutcome, parse_posting
from creditbank.outcomes.record import load_bodies, load_catalogue
from creditbank.outcomes.records import Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPosting:
    """A posting, and the key it is held under where it looks as if it must be."""

    posting: Posting | Stray
    hold_key: AccountKey | None


def prepare_posting(
    fields: Mapping[str, str | None],
    *,
    institution_id: str,
    readers: Readers,
    keystore: KeyStore,
    now: datetime,
) -> PreparedPosting:
    """Read the fields and find or make the account's key; raises `InvalidInput`.

    A key is made only for a result that the catalogue allows: refused results leave no trace.
    """
    posted = parse_posting(fields, today=civil_day(now))
    return _prepared(posted, institution_id=institution_id, readers=readers, keystore=keystore)


def find_learner(
    posted: PostedOutcome, *, institution_id: str, readers: Readers, keystore: KeyStore
) -> Posting:
    """Find or make the account of a result that a person enters; it is never held.

    Raises `InvalidInput`, and `Refusal("learner-name-differs")`: she looks again whose it is.
    """
    prepared = _prepared(posted, institution_id=institution_id, readers=readers, keystore=keystore)
    if isinstance(prepared.posting, Stray):
        raise InvalidInput([FieldProblem(field="learner", code="learner-missing")])
    if prepared.hold_key is not None:
        raise Refusal("learner-name-differs")
    return prepared.posting


def _prepared(
    posted: PostedOutcome, *, institution_id: str, readers: Readers, keystore: KeyStore
) -> PreparedPosting:
    with readers.reading() as connection:
        if posted.particulars is not None:
            provider = get_institution(connection, institution_id)
            require_entitled(posted.particulars, provider, load_bodies(connection, [posted]))
        of = posted.lead_institution or institution_id
        catalogue = load_catalogue(connection, of, [posted])
    require_catalogued(posted, catalogue)
    posted = catalogue.in_own_words(posted)
    hold = possible_hold(keystore, institution_id, posted)
    if posted.learner.kind == "name" and hold is not None:
        return PreparedPosting(
            posting=Stray(posted=posted, hold=hold), hold_key=keystore.make(keystore.new_id())
        )
    key = _account_key(posted.learner, institution_id, keystore)
    posting = posting_of(posted, key, hold, keystore)
    return PreparedPosting(posting=posting, hold_key=_hold_key(posting, readers, keystore))


def possible_hold(keystore: KeyStore, institution_id: str, posted: PostedOutcome) -> Hold | None:
    """Give what is kept of a row should it be held; only one with a name ever is."""
    if posted.learner.name is None:
        return None
    return hold_of(keystore.secrets, institution_id, posted, keeps_numbers=keystore.keeps_numbers)


def posting_of(
    posted: PostedOutcome, key: AccountKey, hold: Hold | None, keystore: KeyStore
) -> Posting:
    """Give the posting of an account; a document is stated at its opening if numbers are kept."""
    document = posted.learner.document if keystore.keeps_numbers else None
    return Posting(posted=posted, key=key, hold=hold, document=document)


def reference_tag(secrets: VaultSecrets, institution_id: str, learner: LearnerReference) -> bytes:
    """Give the look-up tag of the number that a row names its learner by."""
    if learner.document is not None:
        return learner.document.tag(secrets)
    return learner_tag(secrets, institution_id, learner.kind, learner.value)


def _account_key(learner: LearnerReference, institution_id: str, keystore: KeyStore) -> AccountKey:
    tag = reference_tag(keystore.secrets, institution_id, learner)
    if learner.kind != "account_number":
        return keystore.find_or_make([tag])[tag]
    found = keystore.find([tag])
    if tag not in found:
        raise InvalidInput([FieldProblem(field="account_number", code="account-unknown")])
    return found[tag]


def _hold_key(posting: Posting, readers: Readers, keystore: KeyStore) -> AccountKey | None:
    """Make a key where the name does not agree now; the writer decides by the names it sees."""
    learner, key = posting.posted.learner, posting.key
    if posting.hold is None:
        return None
    with readers.reading() as connection:
        names = folded_names(connection, {key.account_id: key}).get(key.account_id)
    found = None if names is None else KnownPerson(names)
    match = match_person(learner.kind, learner.name, found, may_open=True)
    return keystore.make(keystore.new_id()) if match.is_held else None
