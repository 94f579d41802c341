"""Answer who presents a credential: its signature, its entry, and how it stands.

Untrusted input never raises. What another issuer signed is for `ForeignVerifier`. A credential that
the bank's own key signed and that the ledger does not have is not one that the bank issued, whoever
signed it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import chain

import rfc8785
from sqlalchemy import Connection

from certificates.clr import parts_of
from certificates.credential_jwt import SECURED_JWT
from certificates.errors import DocumentRefused
from certificates.report import Check, CheckName, failed, passed
from certificates.token import token_hash
from certificates.verify_credential import (
    CredentialReport,
    PresentedCredential,
    parse_credential,
    verify_credential,
)
from creditbank.credentials.foreign import ForeignVerifier
from creditbank.credentials.issuer import DOCUMENT_SHA256, JWT_SHA256, SECURED_JWT_SHA256
from creditbank.credentials.queries import (
    StoredCredential,
    versions_by_token,
    versions_of_document,
)
from creditbank.credentials.show import open_signed
from creditbank.credentials.standing import reason_of, successor_of
from creditbank.credentials.tables import CredentialRow
from creditbank.database import Readers
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import open_fields, open_statement
from creditbank.keystore.store import KeyStore
from creditbank.verification import report
from creditbank.verification.compose import Status, Trust
from creditbank.verification.credentials import Standing, check_entry, compose_credential
from creditbank.verification.report import Evidence, Reason, Report
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.read import prove_each, read_head, read_leaves_at
from ledger.receipt import make_receipt
from ledger.statement import JSONValue, choose

HolderCheck = Callable[[Connection, AccountKey, str], Check]
"""Checks what was typed of the holder of a credential, whose id bounds the tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVerifier:
    """Verifies credentials against one bank's stores."""

    readers: Readers
    keystore: KeyStore
    signer: Signer
    trust: Trust
    foreign: ForeignVerifier

    def verify(
        self,
        presented: str,
        now: datetime,
        holder: HolderCheck,
        trusted: Collection[str] = frozenset(),
    ) -> Report:
        """Report on a credential: a document, or a token of either form.

        `trusted` are the DIDs of the other issuers that whoever asks relies on.
        """
        try:
            credential = parse_credential(presented)
        except DocumentRefused:
            return report.unreadable()
        if credential.issuer not in self.trust.names:
            return self.foreign.verify(credential, trusted=trusted, now=now)
        return self._verify_own(credential, now, holder)

    def _verify_own(
        self, credential: PresentedCredential, now: datetime, holder: HolderCheck
    ) -> Report:
        signed = verify_credential(credential, key_of=self.trust.assertion_key, now=now)
        if signed.credential is None:
            return compose_credential(signed, None)
        try:
            with self.readers.reading() as connection:
                return self._report(connection, signed, credential, now, holder)
        except SealBroken:
            return report.altered()

    def _report(
        self,
        connection: Connection,
        signed: CredentialReport,
        credential: PresentedCredential,
        now: datetime,
        holder: HolderCheck,
    ) -> Report:
        """Report on what the bank's key signed; raises `SealBroken`."""
        stored, key = self._stored(connection, credential)
        if stored is None:
            absent = failed(CheckName.LEDGER, "not-in-ledger")
            return compose_credential(
                signed, Standing(issuer=passed(CheckName.ISSUER), ledger=absent)
            )
        if key is None:
            return report.gone()
        standing = self._standing(connection, stored, credential, key, now)
        answer = compose_credential(signed, standing)
        answer = report.with_holder(answer, holder(connection, key, stored.id))
        successor = successor_of(connection, stored)
        return answer if successor is None else replace(answer, successors=(successor,))

    def verify_link(self, token: str, now: datetime, holder: HolderCheck) -> Report | None:
        """Report on the credential that a link leads to, None where it leads to none."""
        with self.readers.reading() as connection:
            versions = versions_by_token(connection, token_hash(token))
        if not versions:
            return None
        stored = versions[0]
        key = self._key(stored)
        if key is None:
            return report.gone()
        try:
            return self.verify(open_signed(stored, key).document_bytes.decode(), now, holder)
        except SealBroken:
            return report.altered()

    def _stored(
        self, connection: Connection, credential: PresentedCredential
    ) -> tuple[StoredCredential | None, AccountKey | None]:
        """Give the version that was presented, else the newest one, and the holder's key.

        Of an erased holder there is no key any more.
        """
        versions = versions_of_document(connection, credential.document)
        if not versions:
            return None, None
        if (key := self._key(versions[0])) is None:
            return versions[0], None
        name, content = _envelope(credential)
        hashed = sha256(content).hexdigest()
        same = (one for one in versions if _stated(one, key).get(name) == hashed)
        return next(same, versions[0]), key

    def _key(self, stored: StoredCredential) -> AccountKey | None:
        return self.keystore.get([stored.account_id]).get(stored.account_id)

    def _standing(
        self,
        connection: Connection,
        stored: StoredCredential,
        credential: PresentedCredential,
        key: AccountKey,
        now: datetime,
    ) -> Standing:
        name, content = _envelope(credential)
        evidence = self._evidence(connection, stored, key, name)
        return Standing(
            issuer=passed(CheckName.ISSUER),
            ledger=self._ledger(name, content, evidence),
            status=Status(as_of=now, reason=self._reason(connection, stored, credential)),
            evidence=(evidence,),
        )

    def _reason(
        self, connection: Connection, stored: StoredCredential, credential: PresentedCredential
    ) -> Reason | None:
        """Say why it no longer holds; a list holds while each of its parts does."""
        parts = parts_of(credential.document) or ()
        newest = (versions_of_document(connection, one)[:1] for one in parts)
        reasons = [reason_of(connection, one) for one in chain([stored], *newest)]
        return next(filter(None, reasons), None)

    def _ledger(self, name: str, content: bytes, evidence: Evidence) -> Check:
        return check_entry(name, content, evidence, self.signer.name, self.trust.log_keys)

    def _evidence(
        self, connection: Connection, stored: StoredCredential, key: AccountKey, name: str
    ) -> Evidence:
        """Give the proof of its leaf, disclosing the one hash that was presented."""
        table = str(CredentialRow.__tablename__)
        statement = open_statement(key, table, stored.id, stored.sealed_statement)
        head, index = read_head(connection), stored.entry_index
        tree = Checkpoint(origin=self.signer.name, size=head.size, root=head.root)
        (path,) = prove_each(connection, [index], head.size)
        return Evidence(
            index=index,
            leaf=read_leaves_at(connection, [index])[index],
            receipt=make_receipt(index, path, sign_note(tree, self.signer)),
            statement=statement.body,
            disclosures=choose(statement.disclosures, [name]),
        )


def _stated(stored: StoredCredential, key: AccountKey) -> dict[str, JSONValue]:
    table = str(CredentialRow.__tablename__)
    return open_fields(key, table, stored.id, stored.sealed_statement)


def _envelope(credential: PresentedCredential) -> tuple[str, bytes]:
    """Give under which name the ledger commits to an envelope, and its bytes."""
    if credential.token is None:
        return DOCUMENT_SHA256, rfc8785.dumps(dict(credential.document))
    name = SECURED_JWT_SHA256 if credential.token.form == SECURED_JWT else JWT_SHA256
    return name, credential.token.text.encode()
