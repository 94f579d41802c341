"""A sealed statement against its leaf: the seal, the hash, the issuer, the account's tag."""

from dataclasses import dataclass

from creditbank.audits.entries import Entry
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import fields_of, open_statement
from ledger.errors import LedgerError
from ledger.findings import Findings
from ledger.statement import JSONValue, salted_fields

Fields = dict[str, JSONValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedStatement:
    """Where a sealed statement lies, what kind it is and who must have issued it."""

    table: str
    row_id: str
    kind: str
    issuer: str
    sealed: bytes


def check_statement(
    entry: Entry, stored: SealedStatement, key: AccountKey, findings: Findings
) -> Fields | None:
    """Give the stated fields, each digest checked; None when they are not what the leaf says."""
    problems = []
    if entry.facts.acct != key.account_tag(bytes.fromhex(entry.id)).hex().encode():
        findings.add("leaf", entry.index, "its account tag is not that of the row's account")
    try:
        statement = open_statement(key, stored.table, stored.row_id, stored.sealed)
        stated = fields_of(statement)
    except SealBroken:
        findings.add(stored.table, entry.index, "sealed_statement does not open")
        return None
    except (LedgerError, ValueError, TypeError):
        findings.add(stored.table, entry.index, "sealed_statement holds no statement")
        return None
    if entry.facts.stmt != statement.digest.hex().encode():
        problems.append("its statement is not the one that the leaf commits to")
    issuer, log, kind, _ = salted_fields(statement)
    if (issuer, log, kind) != (stored.issuer, entry.facts.log.decode(), stored.kind):
        problems.append("its statement is of another issuer, log or kind")
    for problem in problems:
        findings.add(stored.table, entry.index, problem)
    return None if problems else stated
