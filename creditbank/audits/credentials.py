"""Credentials against their leaves, their statements and their outcomes, and status lists."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from certificates.clr import parts_of
from certificates.credential_jwt import open_token, token_verifies
from certificates.data_integrity import proofs_of, verifies
from certificates.errors import DocumentRefused
from certificates.open_badge import ledger_evidence_of, number_of
from certificates.token import token_hash
from creditbank.applications.queries import find_applications
from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.credentials.entry import STATEMENT_KIND
from creditbank.credentials.issuer import SignedCredential
from creditbank.credentials.queries import (
    StoredCredential,
    credential_entries,
    find_credentials,
    versions_of_document,
)
from creditbank.credentials.show import open_signed, open_token_of
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.verification.compose import Trust
from ledger.errors import LedgerError
from ledger.findings import Findings
from ledger.merkle import leaf_hash
from ledger.read import read_leaves_at

_IN_CLEAR = (
    "outcome_id", "application_id", "version", "status_list", "status_index", "kid", "jwt_kid",
)  # fmt: skip


class CredentialCheck(SealedRowCheck):
    """Checks every credential: its columns, its signatures, and that it says what was stated."""

    table = "credential"
    kinds = ("credential",)

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        trust: Trust,
        *,
        account_id: str | None = None,
    ) -> None:
        super().__init__(connection, findings, keys, account_id=account_id)
        self._trust = trust

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the credentials."""
        return credential_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each with its leaf, its statement, its document and its outcome."""
        stored = find_credentials(self._connection, pairs.keys())
        outcomes = find_outcomes(
            self._connection, {one.outcome_id for one in stored.values() if one.outcome_id}
        )
        applications = find_applications(
            self._connection, {one.application_id for one in stored.values() if one.application_id}
        )
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        for row_id, entry in pairs.items():
            one = stored[row_id]
            outcome = outcomes.get(one.outcome_id or "")
            of = outcome or applications.get(one.application_id or "")
            self._add(entry, _wrong_in_clear(entry, one, None if of is None else of.entry_index))
            key = keys.get(one.account_id)
            if key is None or (stated := self._stated(entry, one, key)) is None:
                continue
            self._add(entry, _wrong_in_statement(one, stated))
            self._add(entry, self._wrong_in_document(one, stated, key))
            if one.is_transcript:
                self._add(entry, self._wrong_parts(entry, one, key))
            if outcome is not None and outcome.account_id == key.account_id:
                self._add(entry, self._wrong_content(one, outcome, key))

    def _stated(self, entry: Entry, one: StoredCredential, key: AccountKey) -> Fields | None:
        sealed = SealedStatement(
            table=self.table,
            row_id=one.id,
            kind=STATEMENT_KIND,
            issuer=entry.issuer,
            sealed=one.sealed_statement,
        )
        return check_statement(entry, sealed, key, self._findings)

    def _wrong_in_document(
        self, one: StoredCredential, stated: Fields, key: AccountKey
    ) -> Iterator[str]:
        try:
            signed, token = open_signed(one, key), open_token_of(one, key)
        except SealBroken:
            yield "sealed_document or sealed_token does not open"
            return
        if token_hash(token) != one.token_hash:
            yield "token_hash is not the hash of its token"
        if signed.hashes.items() - stated.items():
            yield "sealed_document is not what its statement commits to"
        elif not _is_signed(signed, self._trust):
            yield "sealed_document is no credential that this bank signed"

    def _wrong_parts(self, entry: Entry, one: StoredCredential, key: AccountKey) -> Iterator[str]:
        """Compare the parts of a list with the bank's own credentials, by their ids."""
        try:
            parts = parts_of(open_signed(one, key).document)
        except SealBroken:
            return  # It is named above.
        found = [versions_of_document(self._connection, part) for part in parts or ()]
        indexes = [{version.entry_index for version in versions} for versions in found]
        ref = int(entry.facts.ref or b"-1")
        if not all(indexes):
            yield "it wraps what is no credential of this bank"
        if not any(ref in one for one in indexes) or any(
            min(one, default=0) > ref for one in indexes
        ):
            yield "its newest part is not what its leaf refers to"

    def _wrong_content(
        self, one: StoredCredential, outcome: StoredOutcome, key: AccountKey
    ) -> Iterator[str]:
        try:
            document = open_signed(one, key).document
            stated = fields_of(open_statement(key, "outcome", outcome.id, outcome.sealed_statement))
        except (SealBroken, LedgerError, ValueError, KeyError):
            return  # It is named above, or where the outcome is checked.
        leaves = read_leaves_at(self._connection, [outcome.entry_index])
        yield from _wrong_words(document, stated, leaves.get(outcome.entry_index), outcome)


def _wrong_in_clear(entry: Entry, one: StoredCredential, achieved_at: int | None) -> Iterator[str]:
    if one.id != entry.id:
        yield "id is not the leaf's id"
    if one.issued_at != int(entry.facts.at):
        yield "issued_at is not the time of its leaf"
    if one.is_transcript:
        return  # Its parts are known to whoever opens it.
    if achieved_at is None or int(entry.facts.ref or b"-1") != achieved_at:
        yield "what it is of is not what its leaf refers to"


def _wrong_in_statement(one: StoredCredential, stated: Fields) -> Iterator[str]:
    for column in _IN_CLEAR:
        if getattr(one, column) != stated.get(column):
            yield f"{column} is not what its statement says"


def _is_signed(signed: SignedCredential, trust: Trust) -> bool:
    """Say whether every envelope is signed by the keys of the bank, under one of its names."""
    try:
        issuer = signed.document["issuer"]["id"]
        tokens = [open_token(one) for one in (signed.jwt, signed.secured_jwt)]
        proofs = proofs_of(signed.document)
        by_proof = [trust.assertion_key(issuer, one["verificationMethod"]) for one in proofs]
        by_token = [trust.assertion_key(issuer, one.method) for one in tokens]
        return (
            bool(proofs)
            and all(
                key is not None and verifies(signed.document, one, key)
                for one, key in zip(proofs, by_proof, strict=True)
            )
            and all(
                key is not None and token_verifies(one, key)
                for one, key in zip(tokens, by_token, strict=True)
            )
        )
    except (DocumentRefused, KeyError, TypeError):
        return False


def _wrong_words(
    document: Mapping[str, Any], stated: Fields, leaf: bytes | None, outcome: StoredOutcome
) -> Iterator[str]:
    """Compare what a credential says with what was stated."""
    evidence, subject = ledger_evidence_of(document), document["credentialSubject"]
    if evidence is None or leaf is None or evidence.index != outcome.entry_index:
        yield "its evidence is not the leaf of its outcome"
    elif bytes.fromhex(evidence.leaf_hash) != leaf_hash(leaf):
        yield "its evidence is not the hash of its outcome's leaf"
    if not str(subject["achievement"]["name"]).startswith(str(stated.get("title"))):
        yield "its title is not what was stated"
    if subject["result"][0]["value"] != (stated.get("grade") or stated.get("result")):
        yield "its result is not what was stated"
    if subject.get("creditsEarned") != number_of(outcome.credits):
        yield "its credits are not what was stated"
