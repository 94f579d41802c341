"""Verify that one entry is in the ledger: `{leaf, receipt, statement?, disclosures?}`. Pure.

It is one entry of the `evidence` of a report (`POST /api/v1/verify`), kept as a file. With the
statement and some of its disclosures it proves fields of one outcome. It proves what was entered;
whether that still stands is not in it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from certificates.report import Check, CheckName, failed, passed
from creditbank.verification.compose import OFFLINE, status_check, verdict_of
from creditbank.verification.report import Evidence, Report, Verdict, in_order, unreadable
from ledger.errors import LedgerError, StatementRefused
from ledger.leaf import decode
from ledger.receipt import parse_receipt, verify_receipt
from ledger.statement import disclosed_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    leaf: bytes
    receipt: str
    statement: bytes | None
    disclosures: tuple[str, ...]
    index: int | None


def is_entry_proof(document: Mapping[str, Any]) -> bool:
    """Say whether a JSON object is meant as the proof of an entry."""
    return "leaf" in document and "receipt" in document


def verify_entry_proof(document: Mapping[str, Any], log_keys: Collection[str]) -> Report:
    """Report on the proof of an entry; untrusted input never raises."""
    proof = _parse(document)
    if proof is None:
        return unreadable()
    ledger = _check(proof, log_keys)
    checks = in_order([passed(CheckName.FORMAT), ledger, status_check(None, OFFLINE)])
    verdict = verdict_of(checks, None)
    shown = () if verdict is not Verdict.VALID else (_evidence(proof),)
    return Report(verdict=verdict, checks=checks, evidence=shown)


def _parse(document: Mapping[str, Any]) -> _Proof | None:
    leaf, receipt, statement = (document.get(one) for one in ("leaf", "receipt", "statement"))
    disclosures, index = document.get("disclosures", []), document.get("entry_index")
    if not isinstance(leaf, str) or not isinstance(receipt, str):
        return None
    if not isinstance(statement, str | None) or (index is not None and type(index) is not int):
        return None
    if not isinstance(disclosures, list) or not all(isinstance(one, str) for one in disclosures):
        return None
    return _Proof(
        leaf=leaf.encode(),
        receipt=receipt,
        statement=statement.encode() if statement else None,
        disclosures=tuple(disclosures),
        index=index,
    )


def _check(proof: _Proof, log_keys: Collection[str]) -> Check:
    try:
        verify_receipt(proof.receipt, proof.leaf, log_keys)
        index, leaf = parse_receipt(proof.receipt).index, decode(proof.leaf)
    except (LedgerError, ValueError):  # Hostile numbers and surrogates raise the latter.
        return failed(CheckName.LEDGER, "not-in-ledger")
    if proof.index not in {None, index}:
        return failed(CheckName.LEDGER, "not-in-ledger")
    if proof.statement is None:
        is_bare = not proof.disclosures
        return passed(CheckName.LEDGER) if is_bare else failed(CheckName.LEDGER, "content-mismatch")
    if leaf.get("stmt") != sha256(proof.statement).hexdigest():
        return failed(CheckName.LEDGER, "statement-mismatch")
    try:
        disclosed_fields(proof.statement, proof.disclosures)
    except (StatementRefused, ValueError):
        return failed(CheckName.LEDGER, "content-mismatch")
    return passed(CheckName.LEDGER)


def _evidence(proof: _Proof) -> Evidence:
    return Evidence(
        index=parse_receipt(proof.receipt).index,
        leaf=proof.leaf,
        receipt=proof.receipt,
        statement=proof.statement or b"",
        disclosures=proof.disclosures,
    )
