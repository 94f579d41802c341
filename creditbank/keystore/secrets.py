"""The secrets above the key store: they lie in an encrypted file, never in a database."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self, cast

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from creditbank.keystore.account_key import AccountKey, SealBroken

_SECRET_BYTES, _KEK_ID_BYTES = 32, 4


class LookupKind(StrEnum):
    """What is found by a keyed hash: an account, a row that is held, a statement, a look."""

    ACCOUNT_NUMBER = "account-number"
    LEARNER_NUMBER = "learner-number"
    IDENTITY_NUMBER = "identity-number"  # Every document whose number has the form of GB 11643.
    DOCUMENT = "document"
    HELD_ROW = "held-row"
    HELD_CONTENT = "held-content"
    CLAIM_CODE = "claim-code"
    RECOVERY_CODE = "recovery-code"
    CONTACT_CODE = "contact-code"
    ACTIVITY_STATEMENT = "activity-statement"
    LOOK = "look"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultSecrets:
    """The key-encryption key and the keys of look-up tags and of nullifiers (32 bytes each)."""

    kek_id: str
    kek: bytes = field(repr=False)
    lookup: bytes = field(repr=False)
    spend: bytes = field(repr=False)
    retired: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Key-encryption keys that a rotation, which is not over yet, takes out of use, by id."""

    def lookup_tag(self, kind: LookupKind, *parts: str) -> bytes:
        """Give the keyed hash by which an account is found."""
        message = "\0".join(["lookup/v1", kind, *parts]).encode()
        return hmac.digest(self.lookup, message, hashlib.sha256)

    def attempt_secret(self, *attempt: str) -> bytes:
        """Give 32 bytes that one attempt is shown, and shown again when it is repeated.

        So nothing that is shown once has to be kept for a second click.
        """
        message = "\0".join(["attempt/v1", *attempt]).encode()
        return hmac.digest(self.lookup, message, hashlib.sha256)

    def login_key(self, login_id: str) -> AccountKey:
        """Give the key of what a page carries for one login, and the bank does not keep."""
        message = b"login/v1\0" + login_id.encode()
        return AccountKey(login_id, hmac.digest(self.lookup, message, hashlib.sha256))

    def unit_tag(self, unit: bytes) -> bytes:
        """Give the keyed hash by which all uses of one achievement are found, whoever holds it."""
        return hmac.digest(self.spend, b"unit/v1\0" + unit, hashlib.sha256)

    def nullifier(self, scope: str, unit: bytes) -> bytes:
        """Give the value that the log shows when a unit, or a part of one, is used in a scope."""
        message = b"spend/v1\0" + scope.encode() + b"\0" + unit
        return hmac.digest(self.spend, message, hashlib.sha256)

    def wrap(self, key: AccountKey) -> bytes:
        """Wrap a key (RFC 3394)."""
        return aes_key_wrap(self.kek, key.secret)

    def knows(self, kek_id: str) -> bool:
        """Say whether these secrets hold a key-encryption key."""
        return kek_id == self.kek_id or kek_id in self.retired

    def unwrap(self, account_id: str, kek_id: str, wrapped: bytes) -> AccountKey:
        """Unwrap a key; raises `SealBroken` when it was changed, or wrapped under another key."""
        kek = self.kek if kek_id == self.kek_id else self.retired.get(kek_id)
        if kek is None:
            raise SealBroken
        try:
            return AccountKey(account_id, aes_key_unwrap(kek, wrapped))
        except (InvalidUnwrap, ValueError) as error:
            raise SealBroken from error

    def turned(self, entropy: Callable[[int], bytes]) -> Self:
        """Give the secrets with a new key-encryption key, the present one being retired."""
        return replace(
            self,
            kek_id=entropy(_KEK_ID_BYTES).hex(),
            kek=entropy(_SECRET_BYTES),
            retired={**self.retired, self.kek_id: self.kek},
        )

    def without_retired(self) -> Self:
        """Give the secrets once nothing is wrapped under a retired key any more."""
        return replace(self, retired={})

    def to_content(self) -> dict[str, object]:
        """Give the content of the encrypted file."""
        return {
            "kek_id": self.kek_id,
            "kek": self.kek.hex(),
            "lookup": self.lookup.hex(),
            "spend": self.spend.hex(),
            "retired": {kek_id: kek.hex() for kek_id, kek in self.retired.items()},
        }

    @classmethod
    def from_content(cls, content: Mapping[str, object]) -> Self:
        """Read the content of the encrypted file."""
        texts = {name: str(content[name]) for name in ("kek_id", "kek", "lookup", "spend")}
        kek_id = texts.pop("kek_id")
        retired = cast("Mapping[str, str]", content.get("retired", {}))
        return cls(
            kek_id=kek_id,
            retired={one: bytes.fromhex(text) for one, text in retired.items()},
            **{name: bytes.fromhex(text) for name, text in texts.items()},
        )

    @classmethod
    def make(cls, entropy: Callable[[int], bytes]) -> Self:
        """Make new secrets."""
        return cls(
            kek_id=entropy(_KEK_ID_BYTES).hex(),
            kek=entropy(_SECRET_BYTES),
            lookup=entropy(_SECRET_BYTES),
            spend=entropy(_SECRET_BYTES),
        )
