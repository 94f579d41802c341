"""Verify by an exported folder alone: no server, its status lists as of their own date. Pure.

A pass, a credential, and the proof of one entry, each known by how it begins.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from certificates.errors import DocumentRefused
from certificates.pass_claims import PassClaims
from certificates.pass_text import PREFIX, from_text
from certificates.report import CheckName, passed
from certificates.verify import verify_pass
from certificates.verify_credential import (
    PresentedCredential,
    parse_credential,
    verify_credential,
)
from creditbank.verification.compose import Trust, compose_signed
from creditbank.verification.credentials import Standing, compose_credential
from creditbank.verification.entry_proof import is_entry_proof, verify_entry_proof
from creditbank.verification.listed_status import Listed, status_of_credential, status_of_pass
from creditbank.verification.report import Report, unreadable

_TOKEN_BEGINNING = "eyJ"  # noqa: S105 - how JSON in base64url begins
_TEXT_BYTES_MAX = 2**19


def verify_offline(text: str, *, trust: Trust, now: datetime) -> Report:
    """Report on whatever text was shown; untrusted input never raises."""
    trimmed = text.strip()
    if trimmed.startswith(PREFIX):
        return _verify_pass(trimmed, trust, now)
    if trimmed.startswith(_TOKEN_BEGINNING):
        return _verify_credential(trimmed, trust, now)
    document = _object(trimmed)
    if document is None:
        return unreadable()
    if is_entry_proof(document):
        return verify_entry_proof(document, trust.log_keys)
    return _verify_credential(trimmed, trust, now)


def _object(text: str) -> Mapping[str, Any] | None:
    """Read a JSON object, None where it is none."""
    if len(text) > _TEXT_BYTES_MAX:
        return None
    try:
        document = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None
    return document if isinstance(document, dict) else None


def _verify_pass(text: str, trust: Trust, now: datetime) -> Report:
    try:
        document = from_text(text)
    except DocumentRefused:
        return unreadable()
    signed = verify_pass(document, keys=trust.pass_keys, issuers=trust.names, now=now)
    listed = _of_own_pass(signed.claims, trust, now)
    return compose_signed(
        signed,
        log_keys=trust.log_keys,
        evidence=None,
        status=listed.status,
        status_problem=listed.problem,
    )


def _of_own_pass(claims: PassClaims | None, trust: Trust, now: datetime) -> Listed:
    if claims is None or claims.issuer not in trust.names:
        return Listed()
    return status_of_pass(claims.status_place, trust.status_lists, now)


def _verify_credential(text: str, trust: Trust, now: datetime) -> Report:
    try:
        credential = parse_credential(text)
    except (DocumentRefused, UnicodeEncodeError):
        return unreadable()
    signed = verify_credential(credential, key_of=trust.assertion_key, now=now)
    standing = None if signed.credential is None else _standing(signed.credential, trust, now)
    return compose_credential(signed, standing)


def _standing(credential: PresentedCredential, trust: Trust, now: datetime) -> Standing:
    listed = status_of_credential(credential.document, trust.status_lists, now)
    return Standing(
        issuer=passed(CheckName.ISSUER), status=listed.status, status_problem=listed.problem
    )
