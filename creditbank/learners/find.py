"""Find the account that a posted result names, or make the key of a new one.

A learner is named by exactly one of: the account number, the provider's own learner number, or a
document; a document's tag is its own (`creditbank.learners.documents`).
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence

from creditbank.keystore.account_key import KEY_BYTES, AccountKey
from creditbank.keystore.secrets import LookupKind, VaultSecrets
from creditbank.keystore.store import KeyStore


def learner_tag(secrets: VaultSecrets, institution_id: str, kind: str, value: str) -> bytes:
    """Give the look-up tag of an account number, or of one provider's own learner number."""
    if kind == LookupKind.ACCOUNT_NUMBER.replace("-", "_"):
        return secrets.lookup_tag(LookupKind.ACCOUNT_NUMBER, value)
    return secrets.lookup_tag(LookupKind.LEARNER_NUMBER, institution_id, value)


class Doorkeeper:
    """Finds accounts by tag; tags that may open an account get a new key, stored at once."""

    def __init__(self, keystore: KeyStore) -> None:
        self._keystore = keystore

    def find(self, tags: Sequence[bytes], opening: Sequence[bytes]) -> Mapping[bytes, AccountKey]:
        """Give the key for each tag that is known, and for each of `opening` in any case."""
        return {**self._keystore.find(tags), **self._keystore.find_or_make(opening)}


class Rehearsal:
    """Finds accounts as `Doorkeeper` does, but stores nothing: a new key follows from its tag."""

    def __init__(self, keystore: KeyStore, entropy: Callable[[int], bytes]) -> None:
        self._keystore = keystore
        self._secret = entropy(KEY_BYTES)

    def find(self, tags: Sequence[bytes], opening: Sequence[bytes]) -> Mapping[bytes, AccountKey]:
        """Give the key for each tag that is known, and for each of `opening` in any case."""
        found = self._keystore.find([*tags, *opening])
        for tag in opening:
            if tag not in found:
                found[tag] = self._new(tag)
        return found

    def _new(self, tag: bytes) -> AccountKey:
        drawn = hmac.digest(self._secret, tag, hashlib.sha512)
        return AccountKey(drawn[KEY_BYTES:].hex(), drawn[:KEY_BYTES])
