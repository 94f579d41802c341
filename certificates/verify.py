"""Verify a signed pass by published keys alone. Untrusted input never raises."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from certificates.cose import open1
from certificates.errors import DocumentRefused
from certificates.keys import VerificationKey
from certificates.pass_cbor import decode
from certificates.pass_claims import PassClaims
from certificates.report import Check, CheckName, failed, passed, skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class PassReport:
    """The checks that need no server, and the claims if the signature is good."""

    checks: tuple[Check, ...]
    claims: PassClaims | None


def verify_pass(
    document: bytes,
    *,
    keys: Mapping[bytes, VerificationKey],
    issuers: Collection[str],
    now: datetime,
) -> PassReport:
    """Check format, signature, issuer and dates of a pass; `issuers` are all names of the issuer.

    An unknown key cannot be judged: the signature is then `skipped` and no claims are given.
    """
    try:
        envelope = open1(document)
    except DocumentRefused:
        return _report(failed(CheckName.FORMAT, "unreadable"))
    key = keys.get(envelope.kid)
    if key is None:
        unknown = failed(CheckName.ISSUER, "unknown-key")
        return _report(
            passed(CheckName.FORMAT), skipped(CheckName.SIGNATURE, "unknown-key"), unknown
        )
    if not key.verifies(envelope.signature, envelope.signed):
        mismatch = failed(CheckName.SIGNATURE, "signature-mismatch")
        return _report(passed(CheckName.FORMAT), mismatch)
    try:
        claims = decode(envelope.payload)
    except DocumentRefused:
        return _report(failed(CheckName.FORMAT, "unreadable"), passed(CheckName.SIGNATURE))
    checks = (
        passed(CheckName.FORMAT),
        passed(CheckName.SIGNATURE),
        _issuer(claims, issuers),
        _dates(claims, now),
    )
    return PassReport(checks=checks, claims=claims)


def _issuer(claims: PassClaims, issuers: Collection[str]) -> Check:
    if claims.issuer not in issuers:
        return failed(CheckName.ISSUER, "unknown-issuer")
    return passed(CheckName.ISSUER)


def _dates(claims: PassClaims, now: datetime) -> Check:
    if now >= claims.expires_at:
        return failed(CheckName.DATES, "expired")
    if now < (claims.not_before or claims.issued_at):
        return failed(CheckName.DATES, "not-yet-valid")
    return passed(CheckName.DATES)


def _report(*checks: Check) -> PassReport:
    """Give a report without claims; what was not reached counts as skipped."""
    made = {check.name for check in checks}
    order = (CheckName.FORMAT, CheckName.SIGNATURE, CheckName.ISSUER, CheckName.DATES)
    rest = tuple(skipped(name) for name in order if name not in made)
    return PassReport(checks=(*checks, *rest), claims=None)
