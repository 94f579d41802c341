"""Keys of held rows: what was stated of a decided one is read by nobody any more.

Its outcome says what became of it, or it was refused; either way the copy goes, and so does the key
of a row that had its own. The key of a batch stays for its other rows. Decisions lie under the key
of the batch, or under one that is named by the row.
"""

from sqlalchemy.exc import IntegrityError

from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.outcomes.decide_hold import AttachHold, RefuseHold, attached_posting
from creditbank.outcomes.held_rows import StoredHold
from creditbank.outcomes.hold import HeldState


def attachment(hold: StoredHold, to: AccountKey, *, by: str, keystore: KeyStore) -> AttachHold:
    """Make the command that attaches a row to an account; raises `InvalidInput` for its fields."""
    row_key = _row_key(hold, keystore)
    posting = None if row_key is None else attached_posting(hold, row_key, to)
    return AttachHold(hold=hold, decision_key=_decision_key(hold, keystore), posting=posting, by=by)


def refusal(hold: StoredHold, reason: str, *, by: str, keystore: KeyStore) -> RefuseHold:
    """Make the command that refuses a row."""
    if hold.state != HeldState.HELD:
        forget_row(hold, keystore)
    key = _decision_key(hold, keystore)
    return RefuseHold(hold=hold, decision_key=key, reason=reason, by=by)


def forget_row(hold: StoredHold, keystore: KeyStore) -> None:
    """Destroy the key of a row that was decided; whoever broke off before this asks again."""
    if hold.batch_id is None:
        keystore.destroy([hold.key_id])


def _row_key(hold: StoredHold, keystore: KeyStore) -> AccountKey | None:
    if hold.state != HeldState.HELD:
        forget_row(hold, keystore)
        return None
    return keystore.get([hold.key_id]).get(hold.key_id)


def _decision_key(hold: StoredHold, keystore: KeyStore) -> AccountKey:
    name = hold.decision_key_id
    for _ in range(2):
        if (found := keystore.get([name]).get(name)) is not None:
            return found
        try:
            return keystore.make(name)
        except IntegrityError:
            continue  # Another process decides on it at this moment.
    message = "the key store kept changing while a key was made"
    raise RuntimeError(message)
