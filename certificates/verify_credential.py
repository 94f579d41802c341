"""Verify a credential by keys at hand: Data Integrity or a token. Untrusted input never raises.

Whether its issuer is known, whether it is in a ledger and whether it still stands is for others to
say: here are its form, its signature and its dates. Of a credential with several proofs one good
proof of its issuer is enough, and none that is supported may be bad (VC Data Integrity 1.0,
section 2.1.1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from certificates.credential_jwt import CredentialToken, open_token, token_verifies
from certificates.data_integrity import is_supported, proofs_of, verifies
from certificates.errors import DocumentRefused
from certificates.keys import VerificationKey
from certificates.report import Check, CheckName, failed, passed, skipped
from certificates.times import parse_time
from certificates.vocabularies import CREDENTIALS_V2

DOCUMENT_BYTES_MAX = 2**19

KeyOf = Callable[[str, str], VerificationKey | None]
"""Gives an issuer's key by issuer and verification method, None where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedCredential:
    """A credential as it was presented: its document, and the token where it is one."""

    document: Mapping[str, Any]
    issuer: str
    token: CredentialToken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReport:
    """The checks that need no server, and the credential if its signature is good."""

    checks: tuple[Check, ...]
    credential: PresentedCredential | None


def parse_credential(text: str | bytes) -> PresentedCredential:
    """Read a credential, JSON or a token; raises `DocumentRefused`."""
    data = text.encode() if isinstance(text, str) else text
    if len(data) > DOCUMENT_BYTES_MAX:
        raise DocumentRefused(f"a credential has at most {DOCUMENT_BYTES_MAX} bytes")
    if data.lstrip()[:1] != b"{":
        token = open_token(data.decode("utf-8", "replace").strip())
        return _presented(token.credential, token)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise DocumentRefused("this is not JSON") from error
    return _presented(document, None)


def verify_credential(
    credential: PresentedCredential, *, key_of: KeyOf, now: datetime
) -> CredentialReport:
    """Check form, signature and dates."""
    try:
        _require_form(credential.document)
        signature = _signature(credential, key_of)
        dates = _dates(credential.document, now)
    except DocumentRefused:
        checks = (failed(CheckName.FORMAT, "unreadable"), skipped(CheckName.SIGNATURE))
        return CredentialReport(checks=checks, credential=None)
    is_good = signature == passed(CheckName.SIGNATURE)
    return CredentialReport(
        checks=(
            passed(CheckName.FORMAT),
            signature,
            dates if is_good else skipped(CheckName.DATES),
        ),
        credential=credential if is_good else None,
    )


def _presented(document: object, token: CredentialToken | None) -> PresentedCredential:
    if not isinstance(document, dict):
        raise DocumentRefused("a credential is an object")
    issuer = document.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(identifier, str):
        raise DocumentRefused("a credential names its issuer")
    return PresentedCredential(document=document, issuer=identifier, token=token)


def _require_form(document: Mapping[str, Any]) -> None:
    """Refuse what VCDM 2.0, section 4 requires and is not there."""
    contexts, types = document.get("@context"), document.get("type")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS_V2]:
        raise DocumentRefused("the first context is that of credentials of version 2")
    if "VerifiableCredential" not in (types if isinstance(types, list) else [types]):
        raise DocumentRefused("its type is not that of a credential")
    subject = document.get("credentialSubject")
    if not isinstance(subject, (dict, list)) or not subject:
        raise DocumentRefused("a credential has a subject")


def _signature(credential: PresentedCredential, key_of: KeyOf) -> Check:
    if credential.token is not None:
        key = key_of(credential.issuer, credential.token.method)
        if key is None:
            return skipped(CheckName.SIGNATURE, "unknown-key")
        return _said(is_good=token_verifies(credential.token, key))
    proofs = [one for one in proofs_of(credential.document) if is_supported(one)]
    if not proofs:
        return skipped(CheckName.SIGNATURE, "suite-unknown")
    judged = [_proof_verifies(credential, one, key_of) for one in proofs]
    if False in judged:
        return failed(CheckName.SIGNATURE, "signature-mismatch")
    if True not in judged:
        return skipped(CheckName.SIGNATURE, "unknown-key")
    return passed(CheckName.SIGNATURE)


def _proof_verifies(
    credential: PresentedCredential, proof: Mapping[str, Any], key_of: KeyOf
) -> bool | None:
    """Judge one proof; None where its key is not known."""
    method = proof.get("verificationMethod")
    if not isinstance(method, str):
        raise DocumentRefused("a proof names its verification method")
    key = key_of(credential.issuer, method)
    return None if key is None else verifies(credential.document, proof, key)


def _said(*, is_good: bool) -> Check:
    if is_good:
        return passed(CheckName.SIGNATURE)
    return failed(CheckName.SIGNATURE, "signature-mismatch")


def _dates(document: Mapping[str, Any], now: datetime) -> Check:
    begins, ends = (
        None if name not in document else parse_time(document[name])
        for name in ("validFrom", "validUntil")
    )
    if begins is not None and ends is not None and ends < begins:
        raise DocumentRefused("a credential does not end before it begins")
    if ends is not None and now > ends:
        return failed(CheckName.DATES, "expired")
    if begins is not None and now < begins:
        return failed(CheckName.DATES, "not-yet-valid")
    return passed(CheckName.DATES)
