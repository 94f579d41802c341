"""Carry an erasure out: her key is destroyed, her rows are scrubbed, a tombstone tells of it.

The order survives a crash at any point: what the tombstone needs of her key is kept first, then
rows beside her account that name her are forgotten while her tags still find them, then the files
and the key go, then her rows and the tombstone in one transaction. Whoever repeats it goes on where
it stopped. At the end the key-encryption key is rotated, so that remnants of her wrapped key in old
copies open with nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Protocol, Self

import orjson
import rfc8785
from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.closures.forget_rows import RowParts, forget_rows_naming
from creditbank.closures.request_erasure import (
    Erasure,
    State,
    due_erasures,
    find_erasures,
    load_requests,
)
from creditbank.closures.retention import Retention
from creditbank.closures.scrub import HerRows, find_rows, scrub
from creditbank.closures.tables import ErasureRow
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.evidence.queries import evidence_of_account
from creditbank.evidence.store import EvidenceStore
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import pseudonym_rows
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

DOCUMENT_TYPE = "application/vnd.creditbank.tombstone+json"

LOOK_AGAIN_AFTER = timedelta(days=7)
"""How long an erasure waits where a case or a merge holds it."""


class Parts(RowParts, Protocol):
    """What an erasure works with; a bank has them all."""

    @property
    def evidence(self) -> EvidenceStore:
        """The sealed files."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginErasure:
    """Ask that what the tombstone needs of a key be kept; from here on nothing calls it off."""

    key: AccountKey
    retention: Sequence[Retention]
    on: date

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the requests, and what came since they were made."""
        return load_requests(
            connection, {command.key.account_id: command.retention for command in commands}
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, bool]:
        """Begin, or postpone it and tell her where something holds it that came since.

        The answer says whether it was begun; one that was begun before keeps what it has. Raises
        `Refusal("not-found")`.
        """
        asked = state.erasures.get(self.key.account_id)
        if asked is None:
            raise Refusal("not-found")
        if asked.leaf_id is not None:
            return Decision(answer=True, state=state)
        if (until := self._held_until(state, self.on)) is not None:
            return self._postponed(until, state, moment)
        leaf_id = new_id(moment.now, moment.entropy)
        begun = (
            update(ErasureRow)
            .where(col(ErasureRow.account_id) == asked.account_id)
            .values(leaf_id=leaf_id, account_tag=self.key.account_tag(leaf_id))
        )
        return Decision(answer=True, state=state, changes=[begun])

    def _held_until(self, state: State, today: date) -> date | None:
        """Give the next day on which to look again; None where nothing holds it."""
        account_id = self.key.account_id
        days = [one.until for one in state.held[account_id] if one.until > today]
        if state.matters[account_id] or account_id in state.merged:
            days.append(today + LOOK_AGAIN_AFTER)
        return max(days, default=None)

    def _postponed(self, until: date, state: State, moment: Moment) -> Decision[State, bool]:
        facts = {"day": self.on.isoformat(), "until": until.isoformat()}
        notice = draft_notice(
            self.key, subject=NoticeSubject.ERASURE_POSTPONED, facts=facts, moment=moment
        )
        postponed = (
            update(ErasureRow)
            .where(col(ErasureRow.account_id) == self.key.account_id)
            .values(due_day=until.isoformat())
        )
        return Decision(answer=False, state=state, changes=[postponed], rows=notice_rows(notice))


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishErasure:
    """Ask that the rows of an account whose key is destroyed be scrubbed, with a tombstone."""

    account_id: str
    bank_id: str

    @classmethod
    def load(
        cls, connection: Connection, commands: Sequence[Self]
    ) -> Mapping[str, tuple[Erasure, HerRows]]:
        """Load the requests and every row of these accounts."""
        found = find_erasures(connection, [command.account_id for command in commands])
        return {name: (one, find_rows(connection, name)) for name, one in found.items()}

    def decide(
        self, state: Mapping[str, tuple[Erasure, HerRows]], moment: Moment
    ) -> Decision[Mapping[str, tuple[Erasure, HerRows]], None]:
        """Scrub; one that is finished already changes nothing."""
        if self.account_id not in state:
            return Decision(answer=None, state=state)
        erasure, rows = state[self.account_id]
        scrubbing = scrub(rows, moment.entropy)
        document = tombstone_document(rows.entries)
        leaf = LeafDraft(
            t="tombstone",
            id=erasure.leaf_id or b"",
            iss=self.bank_id,
            acct=erasure.account_tag,
            object=sha256(document).digest(),
        )
        remaining = {name: one for name, one in state.items() if name != self.account_id}
        return Decision(
            answer=None,
            state=remaining,
            changes=scrubbing.changes,
            rows=pseudonym_rows(scrubbing.pseudonyms),
            leaves=[leaf],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
        )


def tombstone_document(entries: int) -> bytes:
    """Give the public document of a tombstone (JCS): how many entries nobody reads any more."""
    return rfc8785.dumps({"entries": entries})


def entries_of_tombstone(document: bytes) -> int | None:
    """Give how many entries a tombstone tells of; None where it is no such document."""
    try:
        count = orjson.loads(document)["entries"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    is_sound = isinstance(count, int) and document == tombstone_document(count)
    return count if is_sound else None


def erase_due(parts: Parts, bank_id: str, now: datetime, retention: Sequence[Retention]) -> int:
    """Carry out every erasure that is due and that nothing holds; gives how many there were."""
    with parts.readers.reading() as connection:
        due = due_erasures(connection, civil_day(now))
    conditions = (retention, civil_day(now))
    erased = sum(_erase(parts, one.account_id, bank_id, *conditions) for one in due)
    if erased:
        parts.keystore.rotate_kek()
        parts.readers.clear_old_pages()
    return erased


def _erase(
    parts: Parts, account_id: str, bank_id: str, retention: Sequence[Retention], on: date
) -> bool:
    key = parts.keystore.get([account_id]).get(account_id)
    if key is not None:
        if not parts.writer.write(BeginErasure(key=key, retention=retention, on=on)).answer:
            return False
        forget_rows_naming(parts, key)
    with parts.readers.reading() as connection:
        pieces = evidence_of_account(connection, account_id)
    for piece in pieces:
        parts.evidence.delete(piece.id)
    parts.keystore.destroy([account_id])
    parts.writer.write(FinishErasure(account_id=account_id, bank_id=bank_id))
    return True
