"""Acts of consent against their leaves, their statements, and the texts that were consented to."""

from collections.abc import Iterator, Mapping

import orjson
from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import Fields, SealedStatement, check_statement
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.consent import StoredConsent, consent_entries, find_consents
from creditbank.learners.consent_texts import DOCUMENT_TYPE
from ledger.objects import find_object


class ConsentCheck(SealedRowCheck):
    """Checks every act of consent."""

    table = "consent"
    kinds = ("consent",)

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the acts."""
        return consent_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each act with its leaf, its statement, its text and what it withdraws."""
        stored = find_consents(self._connection, pairs.keys())
        named = {one.withdraws_id for one in stored.values() if one.withdraws_id is not None}
        withdrawn = find_consents(self._connection, named)
        keys = self._open_keys({pairs[one.id].index: one.account_id for one in stored.values()})
        for row_id, entry in pairs.items():
            consent = stored[row_id]
            self._add(entry, _clear_problems(entry, consent, withdrawn))
            self._add(entry, _text_problems(self._connection, consent))
            key = keys.get(consent.account_id)
            if key is not None and (stated := self._stated(entry, consent, key)) is not None:
                self._add(entry, _stated_problems(consent, stated, key))
                self._add(entry, _owner_problems(consent, withdrawn))

    def _stated(self, entry: Entry, consent: StoredConsent, key: AccountKey) -> Fields | None:
        sealed = SealedStatement(
            table=self.table,
            row_id=consent.id,
            kind="consent",
            issuer=entry.issuer,
            sealed=consent.sealed_statement,
        )
        return check_statement(entry, sealed, key, self._findings)


def _clear_problems(
    entry: Entry, consent: StoredConsent, withdrawn: Mapping[str, StoredConsent]
) -> Iterator[str]:
    if consent.id != entry.id:
        yield "id is not the leaf's id"
    if consent.given_at != int(entry.facts.at):
        yield "given_at is not the time of its leaf"
    if consent.text_sha256.encode() != entry.facts.object:
        yield "text_sha256 is not the document that its leaf names"
    earlier = withdrawn.get(consent.withdraws_id or "")
    index = None if earlier is None else earlier.entry_index
    if index != (None if entry.facts.ref is None else int(entry.facts.ref)):
        yield "withdraws_id is not the consent that its leaf refers to"


def _owner_problems(
    consent: StoredConsent, withdrawn: Mapping[str, StoredConsent]
) -> Iterator[str]:
    earlier = withdrawn.get(consent.withdraws_id or "")
    if earlier is not None and earlier.account_id != consent.account_id:
        yield "it withdraws another's consent"


def _text_problems(connection: Connection, consent: StoredConsent) -> Iterator[str]:
    try:
        found = find_object(connection, bytes.fromhex(consent.text_sha256))
    except ValueError:
        found = None
    if found is None or found[0] != DOCUMENT_TYPE:
        yield "the text that it names is not on the ledger"
    elif orjson.loads(found[1])["purpose"] != consent.purpose:
        yield "its text is of another purpose"


def _stated_problems(consent: StoredConsent, stated: Fields, key: AccountKey) -> Iterator[str]:
    columns = {
        name: getattr(consent, name) for name in ("act", "given_by", "purpose", "text_sha256")
    }
    for name, value in columns.items():
        if stated.get(name) != value:
            yield f"{name} is not what its statement says"
    if stated.get("account_number") != key.number:
        yield "its statement names another account's number"
