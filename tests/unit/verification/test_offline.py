from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from certificates.issue import issue_pass
from certificates.keys import Purpose, SigningKey
from certificates.pass_claims import PassClaims, PassOutcome
from certificates.pass_text import to_text
from certificates.signer import SecretSigner
from creditbank.verification.compose import Trust
from creditbank.verification.offline import verify_offline
from creditbank.verification.report import (
    Report,
    Verdict,
    altered,
    gone,
    unknown_token,
    unreadable,
)

ISSUED_AT = datetime(2026, 6, 1, tzinfo=UTC)
EXPIRES_AT = datetime(2026, 7, 1, tzinfo=UTC)
KEY = SigningKey(purpose=Purpose.PASS, created_at=ISSUED_AT, signer=SecretSigner(bytes(range(32))))
TRUST = Trust(pass_keys={KEY.kid: KEY.verification_key}, issuer="did:web:bank.example", log_keys=[])
CLAIMS = PassClaims(
    issuer="did:web:bank.example",
    log="bank.example/ledger",
    pass_id=bytes(16),
    issued_at=ISSUED_AT,
    expires_at=EXPIRES_AT,
    holder="王小明",
    outcomes=(
        PassOutcome(
            index=7,
            title="高等数学",
            provider="广州开大",
            outcome_class="formal",
            awarded_on="2013-09",
            result="合格",
            credits=3_000,
        ),
    ),
)
PRINTED = (
    "LP1:RRQT 9P60GO0$+AWKB3UAR098CK1HFC80AVC8UCA4F ICUJC7/D.%5$9FQ$DTVDFN0OJDL8BWY0T"
    "IDVWPR-0000000000000000000000000/E7V50R30WD0DCT%UHJEM$6T..H35L1EGZD0EOT%EJA.LY6T"
    "FGM*.L7P0*1TUBOQ9N.1TCDGV K7Y0H+01GNZ21/0T DHIEK6I1UL127BR8517S.4FZ9OCS8/IPACJF7"
    "KGBS:6PIHB-RE8FLP7LJ:ARJCV-F4.SGRUBFBO A6933RKN+LNMR5IOU0BDSJ+I0M65G3P-TP"
)
"""These claims under this key, verified also by pycose 1.1.0 and cose-kit 1.7.1."""


def results(report: Report) -> dict[str, str]:
    """Give each check's result, with the problem where there is one."""
    return {
        check.name.value: f"{check.result.value} {check.problem or ''}".strip()
        for check in report.checks
    }


def test_a_pass_prints_as_it_always_did() -> None:
    """Passes on paper outlive every release, so the form never changes under `LP1:`."""
    assert to_text(issue_pass(CLAIMS, KEY)) == PRINTED


def test_a_printed_pass_verifies_without_a_server() -> None:
    """Ledger and status are told as not checked; no time of a status is claimed."""
    report = verify_offline(PRINTED, trust=TRUST, now=ISSUED_AT)
    assert (report.verdict, report.content, report.status_as_of) == (Verdict.VALID, CLAIMS, None)
    assert results(report) == {
        "format": "passed",
        "signature": "passed",
        "issuer": "passed",
        "ledger": "skipped",
        "status": "skipped offline",
        "dates": "passed",
        "holder": "skipped",
    }


def test_an_expired_printed_pass_says_so_and_what_it_showed() -> None:
    """The content was signed; only its time is over."""
    report = verify_offline(PRINTED, trust=TRUST, now=EXPIRES_AT)
    assert (report.verdict, report.content) == (Verdict.EXPIRED, CLAIMS)


@pytest.mark.parametrize("text", ["", "LP1:", "LP1:BB8", "你好", "\ud800", "LP2:BB8", PRINTED[:-3]])
def test_a_text_that_is_no_pass_is_unknown(text: str) -> None:
    """The same report as for any unreadable input."""
    assert verify_offline(text, trust=TRUST, now=ISSUED_AT) == unreadable()


@pytest.mark.parametrize(
    ("make", "verdict", "failed"),
    [
        (unreadable, Verdict.UNKNOWN, "format"),
        (unknown_token, Verdict.UNKNOWN, "issuer"),
        (gone, Verdict.GONE, "status"),
        (altered, Verdict.ALTERED, "signature"),
    ],
)
def test_a_report_without_a_document_has_every_check_and_no_content(
    make: Callable[[], Report], verdict: Verdict, failed: str
) -> None:
    """One check failed, the others are skipped."""
    report = make()
    assert (report.verdict, report.content) == (verdict, None)
    assert [name for name, result in results(report).items() if result != "skipped"] == [failed]
