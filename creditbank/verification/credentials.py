"""Compose the report on a credential from what was looked at. Pure.

The verdicts and their precedence are those of `compose`. That a signature is good is one check,
that its issuer is known another: a good credential of an issuer that nobody here knows is
unconfirmed, and shown. What was altered or erased is not shown.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from certificates.report import Check, CheckName, CheckResult, failed, passed
from certificates.verify_credential import CredentialReport
from creditbank.verification.compose import OFFLINE, Status, is_ended, status_check, verdict_of
from creditbank.verification.report import Evidence, Report, Verdict, in_order
from ledger.errors import LedgerError
from ledger.leaf import decode
from ledger.receipt import parse_receipt, verify_receipt
from ledger.statement import disclosed_fields

_BY_STATUS = frozenset({Verdict.REVOKED, Verdict.SUSPENDED, Verdict.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was found out beside the signature: who issued it, its entry, and how it stands.

    `ledger` is None for a credential of another issuer, which is in no ledger of this bank.
    """

    issuer: Check
    ledger: Check | None = None
    status: Status | None = None
    status_problem: str | None = None
    """Why there is no status: it could not be found out, or the issuer gives none."""

    evidence: tuple[Evidence, ...] = ()


def compose_credential(signed: CredentialReport, standing: Standing | None) -> Report:
    """Report on a credential; without `standing` its signature was not good."""
    if signed.credential is None or standing is None:
        return _unsigned(signed.checks)
    checks = list(signed.checks)
    checks.append(standing.issuer)
    if standing.ledger is not None:
        checks.append(standing.ledger)
    status = standing.status
    checks.append(status_check(status, standing.status_problem or OFFLINE))
    reason = None if status is None else status.reason
    verdict = verdict_of(checks, reason)
    is_hidden = verdict in {Verdict.ALTERED, Verdict.GONE} or is_ended(status)
    return Report(
        verdict=verdict,
        reason=reason if verdict in _BY_STATUS else None,
        checks=in_order(checks),
        status_as_of=None if status is None else status.as_of,
        credential=None if is_hidden else signed.credential.document,
        evidence=() if is_hidden else standing.evidence,
    )


def _unsigned(checks: Sequence[Check]) -> Report:
    """Report on what cannot be relied on; a key or suite that is not known confirms nothing."""
    unknown = [
        failed(CheckName.ISSUER, one.problem)
        for one in checks
        if one.name == CheckName.SIGNATURE and one.result == CheckResult.SKIPPED and one.problem
    ]
    every = [*checks, *unknown]
    return Report(verdict=verdict_of(every, None), checks=in_order(every))


def check_entry(
    name: str, presented: bytes, evidence: Evidence, log: str, verifier_keys: Collection[str]
) -> Check:
    """Check that a leaf commits to what was presented, by its hash in the field `name`."""
    try:
        checkpoint = verify_receipt(evidence.receipt, evidence.leaf, verifier_keys)
        leaf = decode(evidence.leaf)
        stated = disclosed_fields(evidence.statement, evidence.disclosures)
        index = parse_receipt(evidence.receipt).index
    except (LedgerError, ValueError):
        return failed(CheckName.LEDGER, "not-in-ledger")
    if checkpoint.origin != log or index != evidence.index:
        return failed(CheckName.LEDGER, "not-in-ledger")
    if leaf.get("stmt") != sha256(evidence.statement).hexdigest():
        return failed(CheckName.LEDGER, "statement-mismatch")
    if stated.get(name) != sha256(presented).hexdigest():
        return failed(CheckName.LEDGER, "content-mismatch")
    return passed(CheckName.LEDGER)
