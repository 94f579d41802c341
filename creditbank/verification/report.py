"""The report that every door gives: one verdict, its reason, named checks, the signed content."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from certificates.pass_claims import PassClaims
from certificates.report import Check, CheckName, CheckResult, failed, skipped


class Verdict(StrEnum):
    """The answer in one word."""

    VALID = "valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    UNCONFIRMED = "unconfirmed"
    ALTERED = "altered"
    GONE = "gone"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why something no longer holds; none of these words accuses a holder."""

    SUPERSEDED = "superseded"
    VOID = "void"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    SHARE_ENDED = "share_ended"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proves one shown outcome: leaf, receipt, statement, and the disclosures shown."""

    index: int
    leaf: bytes
    receipt: str
    statement: bytes
    disclosures: tuple[str, ...]
    certification: str | None = None
    """Whether its definition was certified when it was awarded; offline it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """That a shown outcome was corrected: its entry on the log, and that of the correction."""

    index: int
    superseded_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Until when a shown outcome's certificate is valid, extensions included: YYYY[-MM[-DD]]."""

    index: int
    until: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a verifier is told; content and evidence only where the signature is good."""

    verdict: Verdict
    checks: tuple[Check, ...]
    reason: Reason | None = None
    status_as_of: datetime | None = None
    content: PassClaims | None = None
    credential: Mapping[str, Any] | None = None
    """The signed document, where a credential was presented."""
    evidence: tuple[Evidence, ...] = ()
    successors: tuple[Successor, ...] = ()
    validity: tuple[Validity, ...] = ()


def unreadable(problem: str = "unreadable") -> Report:
    """Report on something that is no pass of any form: unknown, never altered."""
    checks = in_order([failed(CheckName.FORMAT, problem)])
    return Report(verdict=Verdict.UNKNOWN, checks=checks)


def unknown_token() -> Report:
    """Report on a well-formed code that this bank never gave out."""
    checks = in_order([failed(CheckName.ISSUER, "unknown-pass")])
    return Report(verdict=Verdict.UNKNOWN, checks=checks)


def gone() -> Report:
    """Report on a pass whose content was erased with its holder's account."""
    checks = in_order([failed(CheckName.STATUS, "erased")])
    return Report(verdict=Verdict.GONE, reason=Reason.ERASED, checks=checks)


def altered() -> Report:
    """Report on a stored pass that no longer opens as it was sealed: nothing of it is shown."""
    checks = in_order([failed(CheckName.SIGNATURE, "signature-mismatch")])
    return Report(verdict=Verdict.ALTERED, checks=checks)


def withheld(holder: Check) -> Report:
    """Report on a pass whose holder asks for a PIN that was not typed, or wrongly."""
    return Report(verdict=Verdict.UNCONFIRMED, checks=in_order([holder]))


def with_holder(report: Report, holder: Check) -> Report:
    """Add what came of the holder; a valid document of somebody else confirms nothing."""
    checks = [holder if one.name == CheckName.HOLDER else one for one in report.checks]
    is_refuted = report.verdict is Verdict.VALID and holder.result == CheckResult.FAILED
    verdict = Verdict.UNCONFIRMED if is_refuted else report.verdict
    return replace(report, verdict=verdict, checks=tuple(checks))


def in_order(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Give every named check in its order; those not made are skipped."""
    made = {check.name: check for check in checks}
    return tuple(made.get(name, skipped(name)) for name in CheckName)


def has_failed(checks: Iterable[Check], name: CheckName) -> bool:
    """Say whether this check failed."""
    return any(check.name == name and check.result == CheckResult.FAILED for check in checks)
