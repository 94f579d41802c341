"""Uses outside the bank against their leaves, their statements, and what they spend or release."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.conversion.decision import Part
from creditbank.conversion.filing import ANYWHERE
from creditbank.credits.outside_uses import (
    StoredOutsideUse,
    find_outside_uses,
    outside_use_entries,
)
from creditbank.credits.units import nullifier, unit_of, unit_tag
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from ledger.errors import LedgerError
from ledger.findings import Findings


class OutsideUseCheck(SealedRowCheck):
    """Checks every statement of use; without `secrets` nullifiers and tags of units stay unread."""

    table = "outside_use"
    kinds = ("use",)

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
        self._secrets = secrets

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the statements."""
        return outside_use_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each with its leaf, its statement, its outcome and what it withdraws."""
        stored = find_outside_uses(self._connection, pairs.keys())
        named = {one.withdraws_id for one in stored.values() if one.withdraws_id is not None}
        earlier = find_outside_uses(self._connection, named)
        outcomes = find_outcomes(self._connection, {one.outcome_id for one in stored.values()})
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        for row_id, entry in pairs.items():
            one = stored[row_id]
            outcome = outcomes.get(one.outcome_id)
            self._add(entry, _wrong_in_clear(entry, one, outcome, earlier))
            key = keys.get(one.account_id)
            if key is None or (stated := self._stated(entry, one, key)) is None:
                continue
            self._add(entry, _wrong_in_statement(one, stated))
            self._add(entry, self._wrong_in_unit(one, outcome, key))

    def _stated(self, entry: Entry, one: StoredOutsideUse, key: AccountKey) -> Fields | None:
        sealed = SealedStatement(
            table=self.table,
            row_id=one.id,
            kind="use",
            issuer=entry.issuer,
            sealed=one.sealed_statement,
        )
        return check_statement(entry, sealed, key, self._findings)

    def _wrong_in_unit(
        self, one: StoredOutsideUse, outcome: StoredOutcome | None, key: AccountKey
    ) -> Iterator[str]:
        if self._secrets is None or outcome is None or outcome.account_id != key.account_id:
            return
        try:
            opened = open_statement(key, "outcome", outcome.id, outcome.sealed_statement)
        except (SealBroken, LedgerError):
            return  # It is named where the outcome is checked.
        unit = unit_of(outcome, fields_of(opened))
        if one.unit_tag != unit_tag(self._secrets, unit):
            yield "unit_tag is not that of its outcome"
        if one.nullifier != nullifier(self._secrets, ANYWHERE, unit, Part(outcome=outcome.id)):
            yield "nullifier is not that of its outcome"


def _wrong_in_clear(
    entry: Entry,
    one: StoredOutsideUse,
    outcome: StoredOutcome | None,
    earlier: Mapping[str, StoredOutsideUse],
) -> Iterator[str]:
    if one.id != entry.id:
        yield "id is not the leaf's id"
    if one.institution_id != entry.issuer:
        yield "institution_id is not the leaf's issuer"
    spent, released = entry.facts.spend or b"", entry.facts.release or b""
    mine = b'"%s"' % one.nullifier.hex().encode()
    if one.withdraws_id is None:
        before = None if outcome is None else outcome.entry_index
        fits = (spent, released) == (mine, b"")
    else:
        withdrawn = earlier.get(one.withdraws_id)
        before = None if withdrawn is None else withdrawn.entry_index
        fits = (spent, released) == (b"", mine)
        if withdrawn is not None and withdrawn.outcome_id != one.outcome_id:
            yield "outcome_id is not that of what it withdraws"
    if before is None or int(entry.facts.ref or b"-1") != before:
        yield "what it is about is not what its leaf refers to"
    if not fits:
        yield "nullifier is not what its leaf spends or releases"


def _wrong_in_statement(one: StoredOutsideUse, stated: Fields) -> Iterator[str]:
    if one.withdraws_id is None and stated.get("outcome") != one.outcome_id:
        yield "its statement is of another outcome"
    if stated.get("withdraws") != one.withdraws_id:
        yield "its statement withdraws another"
    if stated.get("by") != one.stated_with:
        yield "stated_with is not what its statement says"
