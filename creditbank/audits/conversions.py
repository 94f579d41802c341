"""Conversions against their leaves and statements, and every decision computed again."""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.statements import SealedStatement, check_statement
from creditbank.credits.queries import StoredConversion, conversion_entries, find_conversions
from creditbank.credits.replay import Replayed, replayed
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.queries import existing_accounts
from ledger.findings import Findings


class ConversionCheck:
    """Checks every conversion with its grants and uses."""

    table = "conversion"
    kinds = ("convert",)

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        *,
        account_id: str | None = None,
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys
        self._account_id = account_id

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the conversions."""
        return conversion_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each conversion with its leaf, its statement, and what its rule gives again."""
        stored = find_conversions(self._connection, pairs.keys())
        keys = self._own_keys(stored.values())
        for one in replayed(self._connection, list(stored.values())):
            key, entry = keys.get(one.stored.account_id), pairs[one.stored.id]
            if key is not None and self._is_stated(entry, one, key):
                for problem in one.problems(key):
                    self._findings.add(self.table, entry.index, problem)

    def _own_keys(self, stored: Collection[StoredConversion]) -> dict[str, AccountKey]:
        existing = existing_accounts(self._connection, [one.account_id for one in stored])
        named: dict[int, str] = {}
        for one in stored:
            if one.account_id in existing:
                named[one.entry_index] = one.account_id
            else:
                self._findings.add(self.table, one.entry_index, "account_id is no account")
        return self._keys.open(named)

    def _is_stated(self, entry: Entry, one: Replayed, key: AccountKey) -> bool:
        return check_statement(entry, _sealed(one), key, self._findings) is not None


def _sealed(one: Replayed) -> SealedStatement:
    return SealedStatement(
        table="conversion",
        row_id=one.stored.id,
        kind="convert",
        issuer=one.stored.institution_id,
        sealed=one.stored.sealed_statement,
    )
