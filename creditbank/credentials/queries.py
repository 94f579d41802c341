"""Questions about credentials."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, tuple_
from sqlmodel import col

from certificates.token import hash_urn, is_token, token_hash, urn_prefix
from creditbank.among import among, rows_among
from creditbank.credentials.issuer import FAMILY
from creditbank.credentials.tables import CredentialRow
from creditbank.database import stream, table_of
from creditbank.installation.former_names import FormerName, first_open_list


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCredential:
    """A stored credential; what is sealed is still under seal."""

    id: str
    token_hash: bytes
    version: int
    account_id: str
    outcome_id: str | None
    application_id: str | None
    status_list: int
    status_index: int
    issued_at: int
    kid: str
    jwt_kid: str
    ended_at: int | None
    entry_index: int
    sealed_statement: bytes
    sealed_token: bytes
    sealed_document: bytes

    @property
    def is_transcript(self) -> bool:
        """Say whether it is a list of credentials."""
        return self.outcome_id is None and self.application_id is None


_CREDENTIALS = select(*(table_of(CredentialRow).c[name] for name in StoredCredential.__slots__))
_NAMED = _CREDENTIALS.where(among(col(CredentialRow.id)))
_WITH_TOKEN = _CREDENTIALS.where(col(CredentialRow.token_hash) == bindparam("token_hash"))
_BETWEEN_HASHES = _CREDENTIALS.where(
    col(CredentialRow.token_hash).between(bindparam("first"), bindparam("last"))
)
_OF_ACHIEVEMENTS = _CREDENTIALS.where(
    or_(
        col(CredentialRow.outcome_id).in_(bindparam("ids", expanding=True)),
        col(CredentialRow.application_id).in_(bindparam("ids", expanding=True)),
    )
)


def find_credentials(connection: Connection, ids: Collection[str]) -> dict[str, StoredCredential]:
    """Give those of these credentials that exist, by id."""
    return {row["id"]: StoredCredential(**row) for row in rows_among(connection, _NAMED, ids)}


def versions_by_token(connection: Connection, hashed: bytes) -> list[StoredCredential]:
    """Give every version of the credential of a token, the newest first; none for no credential."""
    rows = connection.execute(_WITH_TOKEN, {"token_hash": hashed}).mappings()
    return _newest_first(StoredCredential(**row) for row in rows)


def versions_of_document(
    connection: Connection, document: Mapping[str, Any]
) -> list[StoredCredential]:
    """Give every version of the credential that a document says it is, the newest first.

    Its `id` is the link or, where the bank lists the ids of revoked credentials, the URN of the
    token's hash.
    """
    stated = str(document.get("id"))
    if (prefix := urn_prefix(stated)) is not None:
        return _versions_by_urn(connection, stated, prefix)
    token = stated.rpartition("/")[2]
    return versions_by_token(connection, token_hash(token)) if is_token(token) else []


def _versions_by_urn(connection: Connection, urn: str, prefix: bytes) -> list[StoredCredential]:
    """Look among the hashes that begin alike: some bits of the URN are not those of the hash."""
    last = prefix.ljust(len(token_hash("")), b"\xff")
    rows = connection.execute(_BETWEEN_HASHES, {"first": prefix, "last": last}).mappings()
    found = (StoredCredential(**row) for row in rows)
    return _newest_first(one for one in found if hash_urn(one.token_hash) == urn)


def _newest_first(found: Iterable[StoredCredential]) -> list[StoredCredential]:
    return sorted(found, key=lambda one: one.version, reverse=True)


def credentials_of(
    connection: Connection, achievement_ids: Collection[str]
) -> dict[str, StoredCredential]:
    """Give the newest credential of each of these outcomes and applications, by its id."""
    rows = connection.execute(_OF_ACHIEVEMENTS, {"ids": list(achievement_ids)}).mappings()
    found = sorted((StoredCredential(**row) for row in rows), key=lambda one: one.version)
    return {one.outcome_id or one.application_id or "": one for one in found}


def credentials_of_accounts(
    connection: Connection, account_ids: Collection[str]
) -> list[StoredCredential]:
    """Give the newest version of each credential of one person's accounts, newest first."""
    wanted = _CREDENTIALS.where(col(CredentialRow.account_id).in_(account_ids))
    rows = connection.execute(wanted.order_by(col(CredentialRow.version))).mappings()
    newest = {row["token_hash"]: StoredCredential(**row) for row in rows}
    return sorted(newest.values(), key=lambda one: one.entry_index, reverse=True)


def credential_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every credential, or of an account's."""
    wanted = select(col(CredentialRow.entry_index), col(CredentialRow.id))
    if account_id is not None:
        wanted = wanted.where(col(CredentialRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(CredentialRow.entry_index))):
        yield row.entry_index, row.id


def taken_places(
    connection: Connection, places: Collection[tuple[int, int]]
) -> frozenset[tuple[int, int]]:
    """Give those of these places, list and index, that a credential has."""
    at = tuple_(col(CredentialRow.status_list), col(CredentialRow.status_index))
    rows = connection.execute(select(*at).where(at.in_(list(places))))
    return frozenset((row[0], row[1]) for row in rows)


def newest_number(connection: Connection) -> int:
    """Give the number of the status list that is being filled, from 1."""
    return connection.scalar(select(func.max(col(CredentialRow.status_list)))) or 1


def newest_list(
    connection: Connection, formers: Sequence[FormerName]
) -> tuple[int, frozenset[int]]:
    """Give the number of the list that is being filled, from 1, and the places taken in it.

    After a move it is a new one.
    """
    number = max(newest_number(connection), first_open_list(formers, FAMILY))
    taken = select(col(CredentialRow.status_index)).where(col(CredentialRow.status_list) == number)
    return number, frozenset(connection.scalars(taken))
