"""The full audit, with database and key store: the log itself, and every row that it accounts for.

What each table is checked for stands in its own module; here is the order. A new table of entries
joins `_row_checks`, and anything that has no leaf of its own follows the walk.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from creditbank.audits.accounts import AccountCheck, KeystoreLookups
from creditbank.audits.applications import ApplicationCheck
from creditbank.audits.batches import BatchCheck
from creditbank.audits.certifications import CertificationCheck
from creditbank.audits.check_ins import CheckInCheck
from creditbank.audits.conflicts import ConflictCheck
from creditbank.audits.consents import ConsentCheck
from creditbank.audits.conversions import ConversionCheck
from creditbank.audits.credentials import CredentialCheck
from creditbank.audits.entries import RowCheck, walk
from creditbank.audits.events import EventCheck
from creditbank.audits.evidence import EvidenceCheck
from creditbank.audits.filings import FilingCheck
from creditbank.audits.grants import GrantCheck
from creditbank.audits.held import HeldCheck
from creditbank.audits.identity import check_owners
from creditbank.audits.installation import InstallationCheck
from creditbank.audits.institutions import InstitutionCheck
from creditbank.audits.keys import Keys, KnownKeys
from creditbank.audits.measures import MeasureCheck
from creditbank.audits.merges import MergeCheck, MergedOutcomesCheck
from creditbank.audits.outcomes import OutcomeCheck
from creditbank.audits.outside_uses import OutsideUseCheck
from creditbank.audits.passes import PassCheck
from creditbank.audits.report import AuditKind, EntriesReport
from creditbank.audits.reversals import ReversalCheck
from creditbank.audits.reviews import ReviewCheck
from creditbank.audits.revocations import RevocationCheck
from creditbank.audits.rules import RuleCheck
from creditbank.audits.status_lists import StatusListCheck
from creditbank.audits.tombstones import TombstoneCheck
from creditbank.evidence.store import EvidenceStore
from creditbank.keystore.store import KeyStore
from creditbank.passes.status_bits import LISTS
from creditbank.verification.compose import Trust
from ledger.findings import Findings
from ledger.store_audit import audit_store


def audit_bank(
    connection: Connection, keystore: KeyStore, evidence: EvidenceStore, trust: Trust
) -> EntriesReport:
    """Audit one moment of a bank; names the first lie by table and index.

    The connection must see one moment (`Readers.snapshot`); `trust` holds the bank's own keys.
    """
    findings = Findings()
    log_keys = list(trust.log_keys)
    log = audit_store(connection, log_keys, findings)
    known = KnownKeys(keystore)
    account_keys, keys = Keys(known, findings), Keys(known, findings)
    outcomes = OutcomeCheck(connection, findings, keys)
    batches = BatchCheck(connection, findings, keys, outcomes.batch_trees)
    conversions = ConversionCheck(connection, findings, keys, secrets=keystore.secrets)
    applications = ApplicationCheck(connection, findings, keys)
    installation = InstallationCheck(connection, findings, trust)
    lists = StatusListCheck(connection, findings, trust, LISTS)
    tombstones = TombstoneCheck(connection, findings)
    rows: Sequence[RowCheck] = (
        InstitutionCheck(connection, findings),
        AccountCheck(
            connection, findings, account_keys, lookups=KeystoreLookups(keystore, findings)
        ),
        ConsentCheck(connection, findings, keys),
        OutsideUseCheck(connection, findings, keys, secrets=keystore.secrets),
        outcomes,
        RevocationCheck(connection, findings, keys),
        EventCheck(connection, findings, keys),
        EvidenceCheck(connection, findings, keys, store=evidence),
        MergeCheck(connection, findings, keys),
        RuleCheck(connection, findings),
        CertificationCheck(connection, findings),
        conversions,
        ReversalCheck(connection, findings, keys),
        applications,
        CredentialCheck(connection, findings, keys, trust),
        lists,
        batches,
        MeasureCheck(connection, findings, keys),
    )
    entries = walk(
        connection,
        findings,
        rows,
        leaves=(installation, tombstones),
    )
    batches.finish(log.leaves)
    HeldCheck(connection, findings, keys, keystore.secrets).run(log.leaves)
    check_owners(connection, findings)
    conversions.finish(log.leaves)
    FilingCheck(connection, findings, Keys(known, Findings())).run(log.leaves)
    applications.finish(log.leaves)
    lists.finish()
    installation.finish()
    tombstones.finish(account_keys.sealed, keys.sealed)
    ReviewCheck(connection, findings, known).run()
    MergedOutcomesCheck(connection, findings, known).run()
    ConflictCheck(connection, findings, known, keystore.secrets).run()
    # Whatever is wrong with a key was found at its account.
    PassCheck(connection, findings, Keys(known, Findings()), trust).run()
    GrantCheck(connection, findings, Keys(known, Findings()), trust).run()
    CheckInCheck(connection, findings, Keys(known, Findings())).run()
    return EntriesReport(
        kind=AuditKind.FULL,
        size=log.size,
        root=log.root,
        entries=entries,
        sealed=len(account_keys.sealed) + len(keys.sealed),
        differing=findings.differing,
        unexplained=findings.unexplained,
        findings=findings.in_order(),
    )
