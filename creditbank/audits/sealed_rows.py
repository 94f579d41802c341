"""What the checks of rows with a sealed statement share: what they read, and where findings go."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from creditbank.audits.entries import Entry
from creditbank.audits.keys import Keys
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.queries import existing_accounts, pseudonyms_among
from ledger.findings import Findings


class SealedRowCheck:
    """A check of one table's rows; with `account_id`, of those of this account alone."""

    table: str

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

    def _add(self, entry: Entry, problems: Iterable[str]) -> None:
        for problem in problems:
            self._findings.add(self.table, entry.index, problem)

    def _open_keys(self, named: Mapping[int, str]) -> dict[str, AccountKey]:
        """Open the keys of accounts that there are or were; another account is no erased one.

        The accounts are named by the index of an entry of theirs.
        """
        existing = existing_accounts(self._connection, list(named.values()))
        existing |= pseudonyms_among(self._connection, set(named.values()) - existing)
        for index, account_id in named.items():
            if account_id not in existing:
                self._findings.add(self.table, index, "account_id is no account")
        return self._keys.open({at: one for at, one in named.items() if one in existing})
