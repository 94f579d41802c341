"""A credential as whoever has its link sees it, and as its holder finds it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from certificates.token import is_token, token_hash
from creditbank.credentials.issuer import SignedCredential
from creditbank.credentials.queries import (
    StoredCredential,
    credentials_of_accounts,
    find_credentials,
    versions_by_token,
)
from creditbank.credentials.tables import CredentialRow
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.store import KeyStore


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCredential:
    """A stored credential and what was signed."""

    stored: StoredCredential
    signed: SignedCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCredential:
    """A credential as its holder finds it: its link's token, and what it is of."""

    credential_id: str
    token: str
    outcome_id: str | None
    application_id: str | None
    issued_at: datetime
    entry_index: int
    ended_at: datetime | None


def open_by_token(connection: Connection, keystore: KeyStore, token: str) -> OpenedCredential:
    """Give the newest version of the credential behind a link.

    Raises `Refusal`: "credential-unknown" for no credential, "credential-erased" where its holder's
    account is erased, "credential-ended" where she ended the list that it is; raises `SealBroken`
    where it was changed.
    """
    versions = versions_by_token(connection, token_hash(token)) if is_token(token) else []
    if not versions:
        raise Refusal("credential-unknown")
    stored = versions[0]
    key = keystore.get([stored.account_id]).get(stored.account_id)
    if key is None:
        raise Refusal("credential-erased")
    if stored.ended_at is not None:
        raise Refusal("credential-ended")
    return OpenedCredential(stored=stored, signed=open_signed(stored, key))


def open_signed(stored: StoredCredential, key: AccountKey) -> SignedCredential:
    """Open what was signed; raises `SealBroken`."""
    content: dict[str, Any] = orjson.loads(_opened(stored, key, "sealed_document"))
    return SignedCredential(**content)


def open_token_of(stored: StoredCredential, key: AccountKey) -> str:
    """Open the token of its link; raises `SealBroken`."""
    return _opened(stored, key, "sealed_token").decode()


def get_held(
    connection: Connection, keys: Sequence[AccountKey], credential_id: str
) -> HeldCredential:
    """Give a credential of one person's accounts; raises `Refusal("credential-unknown")`."""
    stored = find_credentials(connection, [credential_id]).get(credential_id)
    by_account = {key.account_id: key for key in keys}
    if stored is None or stored.account_id not in by_account:
        raise Refusal("credential-unknown")
    return _held(stored, by_account[stored.account_id])


def list_held(connection: Connection, keys: Sequence[AccountKey]) -> list[HeldCredential]:
    """Give the credentials of one person's accounts, newest first."""
    by_account = {key.account_id: key for key in keys}
    return [
        _held(one, by_account[one.account_id])
        for one in credentials_of_accounts(connection, by_account.keys())
    ]


def _held(stored: StoredCredential, key: AccountKey) -> HeldCredential:
    return HeldCredential(
        credential_id=stored.id,
        token=open_token_of(stored, key),
        outcome_id=stored.outcome_id,
        application_id=stored.application_id,
        issued_at=datetime.fromtimestamp(stored.issued_at, UTC),
        entry_index=stored.entry_index,
        ended_at=None if stored.ended_at is None else datetime.fromtimestamp(stored.ended_at, UTC),
    )


def _opened(stored: StoredCredential, key: AccountKey, column: str) -> bytes:
    sealed: bytes = getattr(stored, column)
    return key.open(place(str(CredentialRow.__tablename__), stored.id, column), sealed)
