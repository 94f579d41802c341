"""Prepare one posted result: read its fields, and find the account it belongs to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from creditbank.catalogue.calendar import load_sessions
from creditbank.catalogue.queries import definitions_by_code, schemes_of
from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.find import learner_tag
from creditbank.outcomes.decide import Posting, require_catalogued
from creditbank.outcomes.posting import PostedOutcome, parse_posting


def prepare_posting(
    fields: Mapping[str, str | None],
    *,
    institution_id: str,
    readers: Readers,
    keystore: KeyStore,
    now: datetime,
) -> Posting:
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
    return Posting(posted=posted, key=_account_key(posted, institution_id, keystore))


def _account_key(posted: PostedOutcome, institution_id: str, keystore: KeyStore) -> AccountKey:
    learner = posted.learner
    tag = learner_tag(keystore.secrets, institution_id, learner.kind, learner.value)
    if learner.kind == "learner_number":
        return keystore.find_or_make([tag])[tag]
    found = keystore.find([tag])
    if tag not in found:
        raise InvalidInput([FieldProblem(field="account_number", code="account-unknown")])
    return found[tag]
