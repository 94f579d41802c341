"""Verify a printed pass by published keys alone: no server, so ledger and status are skipped."""

from datetime import datetime

from certificates.errors import DocumentRefused
from certificates.pass_text import from_text
from creditbank.verification.compose import Trust, compose
from creditbank.verification.report import Report, unreadable


def verify_offline(text: str, *, trust: Trust, now: datetime) -> Report:
    """Report on an offline pass's text (`LP1:…`), whatever it is; untrusted input never raises."""
    try:
        document = from_text(text)
    except DocumentRefused:
        return unreadable()
    return compose(document, trust=trust, now=now, evidence=None, status=None)
