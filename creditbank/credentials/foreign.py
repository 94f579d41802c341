"""Answer who presents a credential of another issuer: by the keys that its DID leads to.

That the signature is good is one check; that the issuer is known is another, and is said of those
alone whom the one who asks trusts. Such a credential is in no ledger of this bank.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from certificates.report import Check, CheckName, failed, passed, skipped
from certificates.verify_credential import (
    CredentialReport,
    PresentedCredential,
    verify_credential,
)
from creditbank.credentials.foreign_status import FoundStatus, find_status
from creditbank.credentials.issuer_keys import IssuerKeys
from creditbank.network.fetch import Fetch
from creditbank.verification.compose import Status
from creditbank.verification.credentials import Standing, compose_credential
from creditbank.verification.report import Report


@dataclass(frozen=True, slots=True)
class ForeignVerifier:
    """Verifies credentials of other issuers; `fetch` is all that it knows of the world."""

    fetch: Fetch

    def verify(
        self, credential: PresentedCredential, *, trusted: Collection[str], now: datetime
    ) -> Report:
        """Report on a credential; untrusted input never raises."""
        keys = IssuerKeys(credential.issuer, self.fetch)
        signed = verify_credential(credential, key_of=keys.key_of, now=now)
        if signed.credential is None:
            return compose_credential(_explained(signed, keys.problem), None)
        found = find_status(credential.document, keys, fetch=self.fetch, now=now)
        is_trusted = credential.issuer in trusted
        standing = Standing(
            issuer=passed(CheckName.ISSUER) if is_trusted else _unknown_issuer(),
            status=_status(found, now),
            status_problem=found.problem,
        )
        return compose_credential(signed, standing)


def _unknown_issuer() -> Check:
    return failed(CheckName.ISSUER, "unknown-issuer")


def _status(found: FoundStatus, now: datetime) -> Status | None:
    """Give the status that was found; a reason counts whatever else could not be found out."""
    if found.reason is None and found.problem is not None:
        return None
    return Status(as_of=now, reason=found.reason)


def _explained(signed: CredentialReport, problem: str | None) -> CredentialReport:
    """Say why the key is not known, where its issuer could not be asked."""
    unknown = skipped(CheckName.SIGNATURE, "unknown-key")
    if problem is None:
        return signed
    checks = tuple(
        replace(one, problem=problem) if one == unknown else one for one in signed.checks
    )
    return replace(signed, checks=checks)
