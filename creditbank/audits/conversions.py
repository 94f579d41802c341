"""Conversions against their leaves and statements: what was used, what was granted, and why.

The decision is computed again from the inputs under seal, and the inputs are compared with the
outcomes and with what earlier conversions left.
"""

from collections.abc import Collection, Iterator

from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.access.actor import COMMAND_LINE
from creditbank.access.logins import accounts_of_logins
from creditbank.audits.conversion_inputs import InputCheck, ReadConversion
from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import SealedStatement, check_statement
from creditbank.conversion.filing import ANYWHERE
from creditbank.credits.queries import (
    StoredConversion,
    conversion_entries,
    find_conversions,
    find_reversals,
    stray_parts,
)
from creditbank.credits.replay import Replayed, replayed
from creditbank.credits.reversal import as_standing
from creditbank.credits.show import OpenedConversion, open_conversion
from creditbank.credits.status import ConversionStatus
from creditbank.credits.suspend import suspended_among
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import fields_of
from ledger.findings import Findings


class ConversionCheck(SealedRowCheck):
    """Checks every conversion; without `secrets` nullifiers and tags of units stay unread."""

    table = "conversion"
    kinds = ("convert",)

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        *,
        account_id: str | None = None,
        secrets: VaultSecrets | None = None,
    ) -> None:
        super().__init__(connection, findings, keys, account_id=account_id)
        self._inputs = InputCheck(connection, secrets)

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the conversions."""
        return conversion_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each conversion with its leaf, statement, decision, inputs, uses and grants."""
        stored = find_conversions(self._connection, pairs.keys())
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        read: list[ReadConversion] = []
        standing = {one.conversion.id: one for one in as_standing(self._connection, stored)}
        suspended = suspended_among(self._connection, standing.values())
        reversals = find_reversals(self._connection, stored)
        for one in replayed(self._connection, list(stored.values())):
            status = standing[one.stored.id].status(suspended)
            if one.stored.id in reversals:
                status = ConversionStatus.REVERSED
            if one.stored.status != status:
                problem = "status is not what its reversals and its outcomes say"
                self._add(pairs[one.stored.id], [problem])
            key, entry = keys.get(one.stored.account_id), pairs[one.stored.id]
            self._add(entry, _wrong_in_clear(entry, one))
            if key is None or (opened := self._opened(entry, one.stored, key)) is None:
                continue
            self._add(entry, _wrong_in_statement(opened, key))
            self._add(entry, one.problems(key))
            read.append(ReadConversion(entry=entry, opened=opened, key=key, replayed=one))
        for one_read, problem in self._inputs.problems(read):
            self._add(one_read.entry, [problem])
        self._check_deciders([one.opened for one in read])

    def finish(self, size: int) -> None:
        """Name grants and uses that belong to no conversion, behind the log of `size` leaves."""
        for table, conversion_id in stray_parts(self._connection):
            problem = f"there is no conversion {conversion_id}"
            self._findings.add_unexplained(table, -1, problem, position=size)

    def _opened(
        self, entry: Entry, conversion: StoredConversion, key: AccountKey
    ) -> OpenedConversion | None:
        sealed = SealedStatement(
            table=self.table,
            row_id=conversion.id,
            kind="convert",
            issuer=entry.issuer,
            sealed=conversion.sealed_statement,
        )
        if check_statement(entry, sealed, key, self._findings) is None:
            return None
        try:
            return open_conversion(conversion, key)
        except (ValidationError, KeyError):
            self._add(entry, ["its statement holds no decision"])
            return None

    def _check_deciders(self, opened: Collection[OpenedConversion]) -> None:
        """Name what neither bank staff nor the account's owner can have asked for.

        What was filed is decided by a person of staff, whose login has no account.
        """
        logins = {one.stored.decided_with for one in opened} - {COMMAND_LINE}
        accounts = accounts_of_logins(self._connection, logins)
        for one in opened:
            by, is_filed = one.stored.decided_with, "filed_as" in fields_of(one.statement)
            whose = None if is_filed else one.stored.account_id
            if by != COMMAND_LINE and (by not in accounts or accounts[by] != whose):
                kind = "staff" if is_filed else "its account"
                problem = f"decided_with {by} is no login of {kind}"
                self._findings.add(self.table, one.stored.entry_index, problem)


def _wrong_in_clear(entry: Entry, one: Replayed) -> Iterator[str]:
    """Name what can be read to be wrong whether or not there is a key."""
    stored, spent = one.stored, (entry.facts.spend or b"").decode().replace('"', "")
    if stored.id != entry.id:
        yield "id is not the leaf's id"
    if stored.institution_id != entry.issuer:
        yield "institution_id is not the leaf's issuer"
    if stored.rule_sha256.encode() != entry.facts.rule:
        yield "rule_sha256 is not the leaf's rule"
    credited = (grant.credits.milli for grant in one.grants if grant.unit == "credits")
    if stored.credits != sum(credited):
        yield "credits is not the sum of its grants"
    if sorted(spent.split(",")) != sorted(use.nullifier.hex() for use in one.uses):
        yield "its uses are not what its leaf spends"


def _wrong_in_statement(opened: OpenedConversion, key: AccountKey) -> Iterator[str]:
    """Name the fields of its statement that say something else than its row and decision."""
    said = {
        "account_number": key.number,
        "rule": opened.stored.rule_id,
        "rule_version": opened.stored.rule_version,
        "filed_on": opened.filing.filed_on.isoformat(),
        "credits": str(opened.decision.credits),
    }
    stated = fields_of(opened.statement)
    for name, value in said.items():
        if stated.get(name) != value:
            yield f"its statement says another {name}"
    if stated.get("scope", ANYWHERE) != opened.stored.scope:
        yield "its statement says another scope"
    if stated.get("enrolment") != opened.stored.enrolment_id:
        yield "its statement says another enrolment"
