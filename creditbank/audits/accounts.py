"""Accounts against the leaves that opened them, and the tags by which they are found."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from creditbank.access.logins import accounts_with_login
from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.identity import IdentityCheck, document_of
from creditbank.audits.keys import Keys
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.closures.queries import standing_merges
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.secrets import LookupKind
from creditbank.keystore.store import KeyStore
from creditbank.learners.account_state import AccountState, is_sound, standing_state
from creditbank.learners.change_state import StateChange, find_histories
from creditbank.learners.checked_documents import IdentityLevel
from creditbank.learners.contacts import contacts_of, level_by_contacts
from creditbank.learners.documents import Document, identity_card
from creditbank.learners.find import learner_tag
from creditbank.learners.queries import StoredAccount, account_entries, find_accounts
from ledger.findings import Findings

Opened = list[tuple[Entry, StoredAccount, Fields]]
Documents = Mapping[str, Sequence[Document]]


class LookupCheck(Protocol):
    """Checks that accounts are found by what their openings state, and by their documents."""

    def check(self, opened: Opened, documents: Documents, /) -> None:
        """Check these accounts."""
        ...


class AccountCheck(SealedRowCheck):
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
        super().__init__(connection, findings, keys, account_id=account_id)
        self._lookups = lookups

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the accounts."""
        return account_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each account with its leaf and statement."""
        stored = find_accounts(self._connection, pairs.keys())
        keys = self._keys.open({entry.index: row_id for row_id, entry in pairs.items()})
        self._check_states(stored, keys)
        self._check_merges(stored)
        opened: Opened = []
        for row_id, entry in pairs.items():
            account = stored[row_id]
            self._check_clear(entry, account)
            if row_id in keys and (stated := self._stated(entry, account, keys[row_id])):
                opened.append((entry, account, stated))
        known = [(entry, stored[row_id]) for row_id, entry in pairs.items()]
        identity = IdentityCheck(self._connection, self._findings)
        documents = identity.check(known, keys)
        self._check_levels(stored, keys, identity.checked)
        if self._lookups is not None:
            self._lookups.check(opened, documents)

    def _check_clear(self, entry: Entry, account: StoredAccount) -> None:
        if account.opened_by != entry.issuer:
            self._findings.add(self.table, entry.index, "opened_by is not the leaf's issuer")

    def _check_states(
        self, stored: Mapping[str, StoredAccount], keys: Mapping[str, AccountKey]
    ) -> None:
        """Compute each state again from its history, and from whether its owner can sign in."""
        owned = accounts_with_login(self._connection, stored.keys())
        histories = find_histories(self._connection, stored.keys())
        for account in stored.values():
            if account.id not in keys and account.state == AccountState.ERASED:
                continue  # The tombstones account for it.
            history = histories.get(account.id, [])
            if not is_sound(history):
                problem = f"the changes of state of {account.id} do not follow from each other"
                self._findings.add("account_state_change", account.entry_index, problem)
            if account.id in keys:
                self._check_reasons(account, history, keys[account.id])
            state = standing_state(history, is_owned=account.id in owned)
            if account.state != state:
                problem = f"state is {account.state}, and by its history and login it is {state}"
                self._findings.add(self.table, account.entry_index, problem)

    def _check_levels(
        self,
        stored: Mapping[str, StoredAccount],
        keys: Mapping[str, AccountKey],
        checked: Collection[str],
    ) -> None:
        """Compute each identity level again from what was checked."""
        contacts = contacts_of(self._connection, stored.keys())
        for account in stored.values():
            level = level_by_contacts(contacts.get(account.id, ()))
            if account.id in checked:
                level = IdentityLevel.DOCUMENT_CHECKED
            if account.id in keys and account.identity_level != level:
                problem = "nothing gave it this identity_level"
                self._findings.add(self.table, account.entry_index, problem)

    def _check_merges(self, stored: Mapping[str, StoredAccount]) -> None:
        """Compare where each merged account goes on with what its entries say."""
        standing = standing_merges(self._connection, stored.keys())
        for account in stored.values():
            if account.merged_into != standing.get(account.id):
                problem = "merged_into is not what its merge says"
                self._findings.add(self.table, account.entry_index, problem)

    def _check_reasons(
        self, account: StoredAccount, history: Sequence[StateChange], key: AccountKey
    ) -> None:
        """Open why the state was changed."""
        for change in history:
            try:
                change.reason(key)
            except SealBroken:
                problem = f"sealed_reason of change {change.number} does not open"
                self._findings.add("account_state_change", account.entry_index, problem)

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

    def check(self, opened: Opened, documents: Documents, /) -> None:
        """Find each account by its number, its provider's learner number and its documents."""
        tags = {
            tag: (entry, account)
            for entry, account, stated in opened
            for tag in self._tags(account, stated, documents.get(account.id, ()))
        }
        found, origins = self._find(list(tags)), self._keystore.origins(list(tags))
        for tag, (entry, account) in tags.items():
            merged_from = None if account.merged_into is None else account.id
            leads_to = account.merged_into or account.id
            if found.get(tag) != leads_to or origins.get(tag) != merged_from:
                problem = f"the account {account.id} is not found by what its opening states"
                self._findings.add("lookup_tag", entry.index, problem)

    def _find(self, tags: Sequence[bytes]) -> dict[bytes, str]:
        """Give the accounts of these tags; a tag that leads to a changed key leads nowhere."""
        try:
            return {tag: key.account_id for tag, key in self._keystore.find(tags).items()}
        except SealBroken:
            if len(tags) == 1:
                return {}
            return {name: found for tag in tags for name, found in self._find([tag]).items()}

    def _tags(
        self, account: StoredAccount, stated: Fields, documents: Sequence[Document]
    ) -> Iterator[bytes]:
        secrets = self._keystore.secrets
        number = str(stated["account_number"])
        yield secrets.lookup_tag(LookupKind.ACCOUNT_NUMBER, number)
        if "learner_number" in stated:
            learner_number = str(stated["learner_number"])
            yield learner_tag(secrets, account.opened_by, "learner_number", learner_number)
        if "identity_number" in stated:
            yield identity_card(str(stated["identity_number"])).tag(secrets)
        if "document_number" in stated:
            parts = {name: stated[f"document_{name}"] for name in ("type", "country", "number")}
            yield document_of(parts).tag(secrets)
        for document in documents:
            yield document.tag(secrets)
