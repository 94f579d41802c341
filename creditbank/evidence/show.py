"""Show evidence to whoever may see it: its facts, and its bytes as they were handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from creditbank.evidence.add import bytes_place
from creditbank.evidence.queries import StoredEvidence
from creditbank.evidence.store import EvidenceStore
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import open_fields
from ledger.statement import JSONValue


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvidence:
    """A piece of evidence and what is stated of it."""

    stored: StoredEvidence
    stated: dict[str, JSONValue]


def shown_evidence(key: AccountKey, stored: Sequence[StoredEvidence]) -> list[ShownEvidence]:
    """Open what is stated of these pieces of one learner's evidence; raises `SealBroken`."""
    return [ShownEvidence(stored=one, stated=stated_of(key, one)) for one in stored]


def stated_of(key: AccountKey, stored: StoredEvidence) -> dict[str, JSONValue]:
    """Give the fields of the statement behind a piece's leaf; raises `SealBroken`."""
    return open_fields(key, "evidence", stored.id, stored.sealed_statement)


def read_file(store: EvidenceStore, key: AccountKey, stored: StoredEvidence) -> bytes | None:
    """Give the bytes of a piece; None when its file is gone.

    Raises `SealBroken` when the file is not the one that the leaf commits to.
    """
    sealed = store.get(stored.id)
    if sealed is None:
        return None
    content = key.open(bytes_place(stored.id), sealed)
    if sha256(content).hexdigest() != stated_of(key, stored).get("sha256"):
        raise SealBroken
    return content
