"""Prepare one posted result: read its fields, and find the account it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from creditbank.catalogue.calendar import load_sessions
from creditbank.catalogue.queries import definitions_by_code, schemes_of
from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.store import KeyStore
from creditbank.learners.find import learner_tag
from creditbank.learners.known_names import folded_names
from creditbank.learners.match import KnownPerson, match_person
from creditbank.outcomes.catalogued import require_catalogued
from creditbank.outcomes.decide import Posting
from creditbank.outcomes.hold import Hold, Stray, hold_of
from creditbank.outcomes.posting import LearnerReference, PostedOutcome, parse_posting


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
    with readers.reading() as connection:
        definitions = definitions_by_code(connection, institution_id, [posted.course])
        schemes = schemes_of(connection, institution_id)
        sessions = load_sessions(connection, institution_id)
    definition = require_catalogued(posted, definitions, schemes)
    sessions.require_offering(posted.offering, definition)
    posted = replace(posted, term=sessions.term(posted.term))
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
