"""Record a document, and let its number lead to the account: both, or neither.

Key store and bank have a transaction each. The number is claimed first, so that no document is ever
recorded of two people; where the recording is refused, what was claimed for it is given back.
Whoever broke off in between asks again.
"""

from sqlalchemy.exc import IntegrityError

from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.documents import Document
from creditbank.learners.queries import merged_pointers
from creditbank.learners.record_document import RecordDocument
from creditbank.writer.idempotency import Attempt
from creditbank.writer.writer import Writer


def record_linked(
    writer: Writer,
    readers: Readers,
    keystore: KeyStore,
    command: RecordDocument,
    attempt: Attempt | None = None,
) -> str:
    """Record a document that leads to its account from then on; the answer is its id.

    Raises a `Refusal`: "document-elsewhere", and those of `RecordDocument`; none leaves a new tag.
    """
    is_new = _link(readers, keystore, command.key, command.seen.document)
    try:
        return writer.submit_once(command, attempt).result().answer
    except Refusal:
        if is_new:
            keystore.unlink(command.seen.document.tag(keystore.secrets), command.key)
        raise


def _link(readers: Readers, keystore: KeyStore, key: AccountKey, document: Document) -> bool:
    """Let a document lead to its account, and say whether it did not before.

    A tag that was left with an account merged into this one follows it, as all of its tags do.
    """
    tag = document.tag(keystore.secrets)
    found = keystore.find([tag]).get(tag)
    if found is None:
        try:
            keystore.link(tag, key)
        except IntegrityError:  # Another request was faster.
            found = keystore.find([tag]).get(tag)
        else:
            return True
    if found is not None and found.account_id != key.account_id:
        with readers.reading() as connection:
            goes_on = merged_pointers(connection, [found.account_id]).get(found.account_id)
        if goes_on != key.account_id:
            raise Refusal("document-elsewhere")
        keystore.lead_over(found.account_id, key.account_id)
    return False
