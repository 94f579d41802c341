"""Who issues credentials: the bank's name and origin, and the keys that sign them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import rfc8785

from certificates.credential_jwt import OPEN_BADGES_JWT, SECURED_JWT, write_token
from certificates.data_integrity import secure
from certificates.did import method_id
from certificates.keys import SigningKey
from certificates.open_badge import Party
from certificates.revocation_list import RevocationListEntry
from certificates.status_list import AnyEntry, StatusEntry, StatusPurpose
from certificates.token import URN, hash_urn, token_hash
from creditbank.installation.former_names import FormerName, name_of_list

DOCUMENT_SHA256, JWT_SHA256, SECURED_JWT_SHA256 = (
    "document_sha256",
    "jwt_sha256",
    "secured_jwt_sha256",
)
FAMILY = StatusPurpose.REVOCATION.value
"""The family of lists by which those of credentials are counted: each credential is in one."""
BOTH_PURPOSES = (StatusPurpose.REVOCATION, StatusPurpose.SUSPENSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCredential:
    """One credential in its envelopes: with a Data Integrity proof, and as two tokens."""

    document: Mapping[str, Any]
    jwt: str
    secured_jwt: str

    @property
    def document_bytes(self) -> bytes:
        """The document in its canonical form (RFC 8785), in which it is served and hashed."""
        return rfc8785.dumps(dict(self.document))

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each envelope, by the name under which the ledger commits to it."""
        envelopes = {
            DOCUMENT_SHA256: self.document_bytes,
            JWT_SHA256: self.jwt.encode(),
            SECURED_JWT_SHA256: self.secured_jwt.encode(),
        }
        return {name: sha256(content).hexdigest() for name, content in envelopes.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialIssuer:
    """The bank as issuer; `purposes` are the status lists that a credential points to.

    `formers` are the names that it had before, the first one first; `lists_ids` says whether
    revoked credentials are listed by their ids, which then are no links.
    """

    did: str
    name: str
    name_en: str | None
    origin: str
    key: SigningKey = field(repr=False)
    jwt_key: SigningKey = field(repr=False)
    purposes: tuple[StatusPurpose, ...] = BOTH_PURPOSES
    formers: tuple[FormerName, ...] = ()
    lists_ids: bool = False

    @property
    def party(self) -> Party:
        """The issuer as a credential names it."""
        return Party(id=self.did, name=self.name, name_en=self.name_en)

    def of_list(self, number: int) -> "CredentialIssuer":
        """Give the issuer under the name that this status list bears, which may be a former one."""
        former = name_of_list(self.formers, FAMILY, number)
        if former is None:
            return self
        return replace(self, did=former.issuer_did, origin=former.origin)

    def link(self, token: str) -> str:
        """Give the address of a credential."""
        return credential_link(self.origin, token)

    def id_of(self, token: str) -> str:
        """Give the `id` of a new credential: its link, unless ids are listed."""
        return hash_urn(token_hash(token)) if self.lists_ids else self.link(token)

    def status(self, place: tuple[int, int], document_id: str) -> tuple[AnyEntry, ...]:
        """Give all status entries of a credential; a link is never listed, whatever is offered."""
        is_listed = self.lists_ids and document_id.startswith(URN)
        listing = RevocationListEntry(list_url=revocation_list_url(self.origin))
        return (*self.entries(*place), *([listing] if is_listed else []))

    def entries(self, number: int, index: int) -> list[StatusEntry]:
        """Give the entries of a credential's bits, at this place of this list."""
        return [
            StatusEntry(purpose=one, list_url=list_url(self.origin, one.value, number), index=index)
            for one in self.purposes
        ]

    def sign(self, document: Mapping[str, Any], now: datetime) -> SignedCredential:
        """Sign a credential in all its envelopes."""
        method = method_id(self.did, self.key.verification_key)
        jwt_method = method_id(self.did, self.jwt_key.verification_key)
        return SignedCredential(
            document=MappingProxyType(secure(document, self.key, method=method, created=now)),
            jwt=write_token(document, self.jwt_key, method=jwt_method, form=OPEN_BADGES_JWT),
            secured_jwt=write_token(document, self.jwt_key, method=jwt_method, form=SECURED_JWT),
        )


def credential_link(origin: str, token: str) -> str:
    """Give the address under which an origin serves a credential."""
    return f"{origin}/api/v1/credentials/{token}"


def list_url(origin: str, family: str, number: int) -> str:
    """Give the address of a status list; a later origin serves it under its own."""
    return f"{origin}/status/{family}-{number}"


def revocation_list_url(origin: str) -> str:
    """Give the address of the list of revoked ids; every origin of the bank serves it."""
    return f"{origin}/status/revoked-credentials"
