"""Prepare one posted result: read its fields, and find the account it belongs to."""

from collections.abc import Mapping
from datetime import datetime

from creditbank.conversion.days import civil_day
from creditbank.database import Readers
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.queries import get_institution
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.find import learner_tag
from creditbank.outcomes.catalogued import require_catalogued, require_entitled
from creditbank.outcomes.decide import Posting
from creditbank.outcomes.posting import PostedOutcome, parse_posting
from creditbank.outcomes.record import load_bodies, load_catalogue


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
    return find_learner(posted, institution_id=institution_id, readers=readers, keystore=keystore)


def find_learner(
    posted: PostedOutcome, *, institution_id: str, readers: Readers, keystore: KeyStore
) -> Posting:
    """Find or make the key of a read result's account; raises `InvalidInput`."""
    with readers.reading() as connection:
        if posted.particulars is not None:
            provider = get_institution(connection, institution_id)
            require_entitled(posted.particulars, provider, load_bodies(connection, [posted]))
        of = posted.lead_institution or institution_id
        catalogue = load_catalogue(connection, of, {posted.course})
    require_catalogued(posted, catalogue)
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
