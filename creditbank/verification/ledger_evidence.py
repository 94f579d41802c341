"""Check that what a pass shows is what the ledger commits to, leaf by leaf. Pure."""

from collections.abc import Callable, Collection, Sequence
from hashlib import sha256

from certificates.pass_claims import PassClaims, PassOutcome
from certificates.report import Check, CheckName, failed, passed
from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.verification.report import Evidence
from ledger.errors import LedgerError
from ledger.leaf import decode
from ledger.receipt import parse_receipt, verify_receipt
from ledger.statement import JSONValue, disclosed_fields

SHOWN: dict[str, Callable[[PassOutcome], JSONValue]] = {
    "title": lambda shown: shown.title,
    "title_en": lambda shown: shown.title_en,
    "provider": lambda shown: shown.provider,
    "provider_en": lambda shown: shown.provider_en,
    "class": lambda shown: shown.outcome_class,
    "awarded_on": lambda shown: shown.awarded_on,
    "result": lambda shown: shown.result,
    "grade": lambda shown: shown.grade,
    "grade_scale": lambda shown: shown.grade_scale,
    "credits": lambda shown: None if shown.credits is None else str(Credits(milli=shown.credits)),
    "minutes": lambda shown: shown.minutes,
    "class_hours": lambda shown: (
        None if shown.class_hours is None else str(ClassHours(milli=shown.class_hours))
    ),
}
"""For each field of a statement, what a pass shows of it; None where it shows nothing."""


def shown_fields(outcome: PassOutcome) -> dict[str, JSONValue]:
    """Give the statement fields that a pass shows of an outcome."""
    shown = {name: give(outcome) for name, give in SHOWN.items()}
    return {name: value for name, value in shown.items() if value is not None}


def check_ledger(
    claims: PassClaims, evidence: Sequence[Evidence], verifier_keys: Collection[str]
) -> Check:
    """Check every shown outcome against its leaf; the first fault is the problem."""
    by_index = {one.index: one for one in evidence}
    for outcome in claims.outcomes:
        one = by_index.get(outcome.index)
        if one is None:
            return failed(CheckName.LEDGER, "evidence-missing")
        problem = _problem(outcome, one, claims.log, verifier_keys)
        if problem is not None:
            return failed(CheckName.LEDGER, problem)
    return passed(CheckName.LEDGER)


def _problem(
    outcome: PassOutcome, evidence: Evidence, log: str, verifier_keys: Collection[str]
) -> str | None:
    try:
        checkpoint = verify_receipt(evidence.receipt, evidence.leaf, verifier_keys)
        leaf = decode(evidence.leaf)
        stated = disclosed_fields(evidence.statement, evidence.disclosures)
    except (LedgerError, ValueError):  # Hostile numbers and surrogates raise the latter.
        return "not-in-ledger"
    if checkpoint.origin != log or parse_receipt(evidence.receipt).index != outcome.index:
        return "not-in-ledger"
    if leaf.get("stmt") != sha256(evidence.statement).hexdigest():
        return "statement-mismatch"
    if stated != shown_fields(outcome):
        return "content-mismatch"
    return None
