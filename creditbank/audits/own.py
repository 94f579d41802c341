"""The own audit: one citizen's key finds her leaves, opens her rows, and proves both published."""

from sqlalchemy import Connection

from creditbank.audits.accounts import AccountCheck
from creditbank.audits.applications import ApplicationCheck
from creditbank.audits.check_ins import CheckInCheck
from creditbank.audits.consents import ConsentCheck
from creditbank.audits.conversions import ConversionCheck
from creditbank.audits.credentials import CredentialCheck
from creditbank.audits.entries import Entry, RowCheck, walk
from creditbank.audits.events import EventCheck
from creditbank.audits.evidence import EvidenceCheck
from creditbank.audits.grants import GrantCheck
from creditbank.audits.keys import Keys, OwnKey
from creditbank.audits.merges import MergeCheck
from creditbank.audits.outcomes import OutcomeCheck
from creditbank.audits.outside_uses import OutsideUseCheck
from creditbank.audits.passes import PassCheck
from creditbank.audits.report import AuditKind, EntriesReport
from creditbank.audits.reversals import ReversalCheck
from creditbank.audits.revocations import RevocationCheck
from creditbank.evidence.store import EvidenceStore
from creditbank.keystore.account_key import AccountKey
from creditbank.verification.compose import Trust
from ledger.checkpoint import Checkpoint, verify_note
from ledger.errors import LedgerError, NotInLog
from ledger.findings import Findings
from ledger.merkle import EMPTY_ROOT, verify_inclusion
from ledger.read import newest_checkpoint, prove


def audit_own(
    connection: Connection, key: AccountKey, evidence: EvidenceStore, trust: Trust
) -> EntriesReport:
    """Audit one account's entries at one moment; her leaves are found by her key alone.

    A leaf of hers that the bank's rows do not show is found, and every one must be proven in the
    newest published checkpoint that covers it.
    """
    findings = Findings()
    published = _published(connection, trust, findings)
    keys = Keys(OwnKey(key), findings)
    mine = key.account_id

    def is_hers(entry: Entry) -> bool:
        if entry.facts.acct is None:
            return False
        tag = key.account_tag(bytes.fromhex(entry.id)).hex().encode()
        if tag != entry.facts.acct:
            return False
        _prove(connection, entry, published, findings)
        return True

    rows: tuple[RowCheck, ...] = (
        AccountCheck(connection, findings, keys, account_id=mine),
        ConsentCheck(connection, findings, keys, account_id=mine),
        OutsideUseCheck(connection, findings, keys, account_id=mine),
        OutcomeCheck(connection, findings, keys, account_id=mine),
        RevocationCheck(connection, findings, keys, account_id=mine),
        EventCheck(connection, findings, keys, account_id=mine),
        EvidenceCheck(connection, findings, keys, store=evidence, account_id=mine),
        MergeCheck(connection, findings, keys, account_id=mine),
        ConversionCheck(connection, findings, keys, account_id=mine),
        ReversalCheck(connection, findings, keys, account_id=mine),
        ApplicationCheck(connection, findings, keys, account_id=mine),
        CredentialCheck(connection, findings, keys, trust, account_id=mine),
    )
    entries = walk(connection, findings, rows, is_asked=is_hers)
    PassCheck(connection, findings, Keys(OwnKey(key), Findings()), trust, account_id=mine).run()
    GrantCheck(connection, findings, Keys(OwnKey(key), Findings()), trust, account_id=mine).run()
    CheckInCheck(connection, findings, Keys(OwnKey(key), Findings()), account_id=mine).run()
    return EntriesReport(
        kind=AuditKind.OWN,
        size=published.size,
        root=published.root,
        entries=entries,
        sealed=0,
        differing=findings.differing,
        unexplained=findings.unexplained,
        findings=findings.in_order(),
    )


def _published(connection: Connection, trust: Trust, findings: Findings) -> Checkpoint:
    newest = newest_checkpoint(connection)
    try:
        if newest is None:
            raise NotInLog("no checkpoint is published")
        return verify_note(newest.note, list(trust.log_keys))
    except LedgerError as error:
        findings.add("checkpoint", 0 if newest is None else newest.size, str(error))
        return Checkpoint(origin="", size=0, root=EMPTY_ROOT)


def _prove(connection: Connection, entry: Entry, published: Checkpoint, findings: Findings) -> None:
    if entry.index >= published.size:
        return  # It is not published yet; within seconds it will be.
    try:
        path = prove(connection, entry.index, published.size)
        verify_inclusion(
            entry.hash, index=entry.index, size=published.size, path=path, root=published.root
        )
    except LedgerError as error:
        findings.add("leaf", entry.index, f"it is not in the published tree: {error}")
