"""Names and documents of learners beside their seals, and whose documents were checked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

import orjson
from sqlalchemy import Connection

from creditbank.audits.entries import Entry
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.learners.checked_documents import DocumentCheck, documents_of
from creditbank.learners.documents import Document, DocumentType
from creditbank.learners.known_names import StoredName, recorded_names
from creditbank.learners.queries import StoredAccount, merged_pointers, records_of_nobody
from ledger.findings import Findings


class SealedRecord(Protocol):
    """A row about a learner whose clear columns stand under its seal too."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def account_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def recorded_by(self) -> str:
        """The login of who recorded it."""
        ...

    @property
    def recorded_at(self) -> int:
        """When."""
        ...

    def open(self, key: AccountKey, /) -> dict[str, str]:
        """Open it."""
        ...


class IdentityCheck:
    """Checks names and documents of accounts whose keys are at hand."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self.checked: set[str] = set()
        """The accounts of which a document was checked."""

    def check(
        self, opened: Sequence[tuple[Entry, StoredAccount]], keys: Mapping[str, AccountKey]
    ) -> dict[str, list[Document]]:
        """Check these accounts, which come with the leaves that opened them.

        Gives the documents of which the number is kept, by account.
        """
        ids = [account.id for _, account in opened]
        at = {account.id: entry.index for entry, account in opened}
        self._check_names(ids, keys, at)
        known: defaultdict[str, list[Document]] = defaultdict(list)
        for document in documents_of(self._connection, ids):
            facts = self._open("account_document", document, keys, at)
            if facts is not None and facts.get("checked") in tuple(DocumentCheck):
                self.checked.add(document.account_id)
            if facts is not None and "number" in facts:
                known[document.account_id].append(document_of(facts))
        return known

    def _check_names(
        self, ids: Sequence[str], keys: Mapping[str, AccountKey], at: Mapping[str, int]
    ) -> None:
        """Check the names; one that came with another account stays while that is merged."""
        came: dict[str, list[StoredName]] = defaultdict(list)
        for name in recorded_names(self._connection, list(ids)):
            facts = self._open("account_name", name, keys, at)
            if facts is not None and "came_with" in facts:
                came[str(facts["came_with"])].append(name)
        survivors = merged_pointers(self._connection, list(came))
        for merged_id, names in came.items():
            for name in names:
                if survivors.get(merged_id) != name.account_id:
                    problem = f"{name.id}: it came with an account that is not merged into this"
                    self._findings.add("account_name", at[name.account_id], problem)

    def _open(
        self,
        table: str,
        stored: SealedRecord,
        keys: Mapping[str, AccountKey],
        at: Mapping[str, int],
    ) -> Mapping[str, object] | None:
        key, index = keys.get(stored.account_id), at[stored.account_id]
        if key is None:
            return None  # Whatever is wrong with a key is found at its account.
        try:
            facts: Mapping[str, object] = stored.open(key)
        except (SealBroken, orjson.JSONDecodeError):
            self._findings.add(table, index, "its seal does not open")
            return None
        for column in ("id", "account_id", "recorded_by", "recorded_at"):
            if facts.get(column) != getattr(stored, column):
                self._findings.add(table, index, f"{column} is not what stands under its seal")
        return facts


def document_of(facts: Mapping[str, object]) -> Document:
    """Give the document of what a row says under its seal."""
    return Document(
        type=DocumentType(str(facts["type"])),
        country=str(facts["country"]),
        number=str(facts["number"]),
    )


def check_owners(connection: Connection, findings: Findings) -> None:
    """Name the names and documents of accounts that are none."""
    for table, row_id in records_of_nobody(connection):
        findings.add(table, -1, f"{row_id}: account_id is no account")
