"""Accounts against the leaves that opened them, and the tags by which they are found."""

from collections.abc import Iterator
from typing import Protocol

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import LookupKind
from creditbank.keystore.store import KeyStore
from creditbank.learners.find import learner_tag
from creditbank.learners.open import AccountState
from creditbank.learners.queries import StoredAccount, account_entries, find_accounts
from ledger.findings import Findings

Opened = list[tuple[Entry, StoredAccount, Fields]]


class LookupCheck(Protocol):
    """Checks that accounts are found by what their openings state."""

    def check(self, opened: Opened) -> None:
        """Check these accounts."""
        ...


class AccountCheck:
    """Checks every account's row against the statement behind its leaf."""

    table = "account"
    kinds = ("open",)

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        *,
        account_id: str | None = None,
        lookups: LookupCheck | None = None,
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys
        self._account_id = account_id
        self._lookups = lookups

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the accounts."""
        return account_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each account with its leaf and statement."""
        stored = find_accounts(self._connection, pairs.keys())
        keys = self._keys.open({entry.index: row_id for row_id, entry in pairs.items()})
        opened: Opened = []
        for row_id, entry in pairs.items():
            account = stored[row_id]
            self._check_clear(entry, account)
            if row_id in keys and (stated := self._stated(entry, account, keys[row_id])):
                opened.append((entry, account, stated))
        if self._lookups is not None:
            self._lookups.check(opened)

    def _check_clear(self, entry: Entry, account: StoredAccount) -> None:
        if account.opened_by != entry.issuer:
            self._findings.add(self.table, entry.index, "opened_by is not the leaf's issuer")
        # No leaf changes either of them yet, so they are as the opening made them.
        if account.state != AccountState.UNCLAIMED:
            self._findings.add(self.table, entry.index, "no leaf gave it this state")
        if account.identity_level != 0:
            self._findings.add(self.table, entry.index, "no leaf gave it this identity_level")

    def _stated(self, entry: Entry, account: StoredAccount, key: AccountKey) -> Fields | None:
        stored = SealedStatement(
            table=self.table,
            row_id=account.id,
            kind="open",
            issuer=entry.issuer,
            sealed=account.sealed_statement,
        )
        stated = check_statement(entry, stored, key, self._findings)
        if stated is not None and stated.get("account_number") != key.number:
            problem = "the key gives another account number than was stated"
            self._findings.add("account_key", entry.index, problem)
        return stated


class KeystoreLookups:
    """Checks the tags that lie in the key store."""

    def __init__(self, keystore: KeyStore, findings: Findings) -> None:
        self._keystore = keystore
        self._findings = findings

    def check(self, opened: Opened) -> None:
        """Find each account by its number and by its provider's learner number."""
        tags = {
            tag: (entry, account)
            for entry, account, stated in opened
            for tag in self._tags(account, stated)
        }
        found = self._keystore.find(list(tags))
        for tag, (entry, account) in tags.items():
            if tag not in found or found[tag].account_id != account.id:
                problem = f"the account {account.id} is not found by what its opening states"
                self._findings.add("lookup_tag", entry.index, problem)

    def _tags(self, account: StoredAccount, stated: Fields) -> Iterator[bytes]:
        secrets = self._keystore.secrets
        number = str(stated["account_number"])
        yield secrets.lookup_tag(LookupKind.ACCOUNT_NUMBER, number)
        if "learner_number" in stated:
            learner_number = str(stated["learner_number"])
            yield learner_tag(secrets, account.opened_by, "learner_number", learner_number)
