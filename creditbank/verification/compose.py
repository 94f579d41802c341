"""Compose one report from what was looked at. Pure.

Where several things are wrong, the verdict is the first of: unreadable → unknown; wrong signature,
or content that is not what the ledger commits to → altered; unknown key or issuer → unconfirmed;
a status → gone, suspended or revoked; dates, of the pass or of a certificate → expired or not yet
valid; a status that could not be asked for → unconfirmed, but for a pass that is verified offline.
What was altered or erased is not shown, nor what its holder no longer shares.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from certificates.keys import VerificationKey
from certificates.report import Check, CheckName, failed, passed, skipped
from certificates.verify import PassReport
from certificates.verify_status_list import StatusList
from creditbank.verification.ledger_evidence import check_ledger
from creditbank.verification.report import (
    Evidence,
    Reason,
    Report,
    Validity,
    Verdict,
    has_failed,
    in_order,
)

CERTIFICATE_EXPIRED = "certificate-expired"
"""The problem of the dates where not the pass has run out, but a certificate that it shows."""
NO_LONGER_HOLDS = "no-longer-holds"
"""The problem of a status that was taken back for a reason that a status list does not tell."""
OFFLINE = "offline"
"""The problem of a status that nobody was asked for."""

STATUS_STALE, STATUS_LIST_MISSING = "status-stale", "status-list-missing"
"""Problems of a status list that has run out, or is not at hand."""
STATUS_UNKNOWN = frozenset(
    {
        "status-unreachable",
        "status-unreadable",
        "status-unsupported",
        STATUS_STALE,
        STATUS_LIST_MISSING,
    }
)
"""Problems of a status that was asked for and not found out."""

_BY_REASON = MappingProxyType({Reason.SUSPENDED: Verdict.SUSPENDED, Reason.ERASED: Verdict.GONE})
_BY_STATUS = frozenset({Verdict.REVOKED, *_BY_REASON.values()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a verifier knows beforehand: the pass keys, the issuer, and the log's keys.

    `assertion_keys` are those of the issuer's credentials and status lists, by verification method;
    `status_lists` are lists of his at hand, by name, for who cannot ask the bank; `other_names` are
    the DIDs under which the same keys signed before the issuer moved.
    """

    pass_keys: Mapping[bytes, VerificationKey]
    issuer: str
    log_keys: Collection[str]
    assertion_keys: Mapping[str, VerificationKey] = field(default_factory=dict)
    status_lists: Mapping[str, StatusList] = field(default_factory=dict)
    other_names: Collection[str] = ()

    @property
    def names(self) -> frozenset[str]:
        """The DIDs of the issuer, former ones too."""
        return frozenset({self.issuer, *self.other_names})

    def assertion_key(self, issuer: str, method: str) -> VerificationKey | None:
        """Give the key that asserts by a verification method of this issuer, under any name."""
        did, _, fragment = method.partition("#")
        if did != issuer or issuer not in self.names:
            return None
        return self.assertion_keys.get(f"{self.issuer}#{fragment}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What was known of the pass and its outcomes, and when; `reason` is None while all holds.

    `is_revoked` says that it was taken back for a reason that a status list does not tell.
    """

    as_of: datetime
    reason: Reason | None
    validity: tuple[Validity, ...] = ()
    is_revoked: bool = False


def compose_signed(
    signed: PassReport,
    *,
    log_keys: Collection[str],
    evidence: Sequence[Evidence] | None,
    status: Status | None,
    status_problem: str = OFFLINE,
) -> Report:
    """Report on a pass whose signature was looked at; without evidence the ledger is skipped.

    Without a status its check is skipped for `status_problem`.
    """
    checks = [_dates_check(one, status) for one in signed.checks]
    if signed.claims is None:
        return Report(verdict=verdict_of(checks, None), checks=in_order(checks))
    if evidence is not None:
        checks.append(check_ledger(signed.claims, evidence, log_keys))
    checks.append(status_check(status, status_problem))
    reason = status.reason if status else None
    verdict = verdict_of(checks, reason)
    is_hidden = verdict in {Verdict.ALTERED, Verdict.GONE} or is_ended(status)
    return Report(
        verdict=verdict,
        reason=reason if verdict in _BY_STATUS else None,
        checks=in_order(checks),
        status_as_of=status.as_of if status else None,
        content=None if is_hidden else signed.claims,
        evidence=() if is_hidden else tuple(evidence or ()),
        validity=() if is_hidden or status is None else status.validity,
    )


def is_ended(status: Status | None) -> bool:
    """Say whether its holder may have ended it; a status list does not tell who did."""
    return status is not None and (status.is_revoked or status.reason is Reason.SHARE_ENDED)


def _dates_check(check: Check, status: Status | None) -> Check:
    """Fail the dates of a pass that still runs where a certificate that it shows has run out."""
    if check != passed(CheckName.DATES) or status is None:
        return check
    is_over = any(one.is_over for one in status.validity)
    return failed(CheckName.DATES, CERTIFICATE_EXPIRED) if is_over else check


def status_check(status: Status | None, problem: str = OFFLINE) -> Check:
    """Give the check of a status; without one it is skipped for this problem."""
    if status is None:
        return skipped(CheckName.STATUS, problem)
    if status.reason is not None:
        return failed(CheckName.STATUS, status.reason.value)
    if status.is_revoked:
        return failed(CheckName.STATUS, NO_LONGER_HOLDS)
    return passed(CheckName.STATUS)


def verdict_of(  # noqa: PLR0911 - the precedence reads as a list
    checks: Sequence[Check], reason: Reason | None
) -> Verdict:
    """Give the verdict of these checks; `reason` is why something no longer holds."""
    problems = {check.problem for check in checks}
    if has_failed(checks, CheckName.FORMAT):
        return Verdict.UNKNOWN
    if has_failed(checks, CheckName.SIGNATURE) or has_failed(checks, CheckName.LEDGER):
        return Verdict.ALTERED
    if has_failed(checks, CheckName.ISSUER):
        return Verdict.UNCONFIRMED
    if reason is not None:
        return _BY_REASON.get(reason, Verdict.REVOKED)
    if NO_LONGER_HOLDS in problems:
        return Verdict.REVOKED
    if problems & {"expired", CERTIFICATE_EXPIRED}:
        return Verdict.EXPIRED
    if "not-yet-valid" in problems:
        return Verdict.NOT_YET_VALID
    return Verdict.UNCONFIRMED if problems & STATUS_UNKNOWN else Verdict.VALID
