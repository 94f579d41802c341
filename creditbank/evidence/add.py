"""Add evidence: the sealed bytes go into the store, then a leaf commits to their salted hash.

The hash is a field of the statement behind the leaf, so it is salted like every other field
(RFC 9901, 4.2.1): whoever has the file can prove it was shown, and nobody can guess it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Self, TypeAlias

from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.errors import Refusal
from creditbank.evidence.queries import StoredEvidence, evidence_counts, evidence_of_sizes
from creditbank.evidence.sniff import media_type_of
from creditbank.evidence.store import EvidenceStore
from creditbank.evidence.tables import EvidenceRow
from creditbank.keystore.account_key import AccountKey, SealBroken, place
from creditbank.keystore.statements import open_fields, seal_statement
from creditbank.learners.account_state import require_adding, require_in_use
from creditbank.learners.queries import account_states
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, Statement, make_statement

PIECES_MAX = 300
"""The most pieces of evidence that one account holds."""

_TABLE = str(EvidenceRow.__tablename__)


class EvidenceKind(StrEnum):
    """What a piece of evidence shows."""

    CERTIFICATE = "certificate"  # 证书
    TRANSCRIPT = "transcript"  # 成绩单
    ATTENDANCE = "attendance"  # 出勤记录
    WORK = "work"  # 学习作品
    DECISION = "decision"  # 文件、批复
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file that was looked at and sealed into the store; nothing names it yet."""

    file_id: str
    media_type: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The outcome that a piece of evidence is of, and its leaf's index."""

    outcome_id: str
    entry_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedEvidence:
    """The id of a piece of evidence and its leaf's index; a duplicate was there before."""

    evidence_id: str
    entry_index: int
    is_duplicate: bool = False


def evidence_rows(
    added: "Sequence[Decision[State, AddedEvidence]]",
) -> dict[type[SQLModel], Rows]:
    """Give the rows that several decisions add, by table."""
    return {EvidenceRow: [row for one in added for row in one.rows.get(EvidenceRow, ())]}


def take_in(
    content: bytes, key: AccountKey, store: EvidenceStore, entropy: Callable[[int], bytes]
) -> Piece:
    """Look at a file, seal it under the learner's key and store it.

    Raises as `media_type_of` does; then nothing is stored.
    """
    media_type = media_type_of(content)
    file_id = entropy(16).hex()
    store.put(file_id, key.seal(bytes_place(file_id), content, entropy))
    return Piece(
        file_id=file_id,
        media_type=media_type,
        size=len(content),
        sha256=sha256(content).digest(),
    )


def bytes_place(file_id: str) -> bytes:
    """Name the place of a sealed file."""
    return place(_TABLE, file_id, "bytes")


Sameness: TypeAlias = tuple[str, str, frozenset[tuple[str, JSONValue]]]
"""Whose a piece is, who answers for it, and all that is stated of it but its own id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How many pieces of evidence accounts have, in which state each is, and what is there.

    `known` are pieces by their `Sameness`: those that may be what a command brings again.
    """

    counts: Mapping[str, int]
    states: Mapping[str, str]
    known: Mapping[Sameness, AddedEvidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvidence:
    """Ask that a stored file be evidence of a learner, about an outcome or of her account alone.

    The same file, said to be the same by the same person, is one piece however often it comes.
    `original_seen_by` is the login of the person who held the original in her hands. What
    is about no outcome its learner adds herself.
    """

    key: AccountKey
    piece: Piece
    kind: EvidenceKind
    issuer: str
    added_by: str
    about: About | None = None
    original_seen_by: str | None = None
    archive_number: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load how much evidence the accounts have, their states, and files of the same size."""
        keys = {command.key.account_id: command.key for command in commands}
        sizes = {command.piece.size for command in commands}
        return State(
            counts=evidence_counts(connection, keys),
            states=account_states(connection, keys),
            known={
                same: there
                for one in evidence_of_sizes(connection, keys, sizes)
                for same, there in _known(keys[one.account_id], one)
            },
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, AddedEvidence]:
        """Add it; raises a `Refusal`: "evidence-too-many", and as the account's state asks for."""
        account = state.states.get(self.key.account_id)
        if self.about is None:
            require_in_use(account)
        else:
            require_adding(account)
        facts = self._facts()
        same = _sameness(self.key.account_id, self.issuer, facts)
        if (there := state.known.get(same)) is not None:
            return Decision(answer=replace(there, is_duplicate=True), state=state)
        count = state.counts.get(self.key.account_id, 0)
        if count >= PIECES_MAX:
            raise Refusal("evidence-too-many", pieces_max=PIECES_MAX)
        leaf_id, statement = new_id(moment.now, moment.entropy), self._statement(facts, moment)
        added = AddedEvidence(evidence_id=self.piece.file_id, entry_index=moment.next_index)
        leaf = LeafDraft(
            t="evidence",
            id=leaf_id,
            iss=self.issuer,
            acct=self.key.account_tag(leaf_id),
            stmt=statement.digest,
            ref=None if self.about is None else self.about.entry_index,
        )
        return Decision(
            answer=added,
            state=replace(
                state,
                counts={**state.counts, self.key.account_id: count + 1},
                known={**state.known, same: added},
            ),
            rows={EvidenceRow: [self._row(statement, moment)]},
            leaves=[leaf],
        )

    def _facts(self) -> dict[str, JSONValue]:
        facts: dict[str, JSONValue] = {
            "added_by": self.added_by,
            "archive_number": self.archive_number,
            "evidence": self.piece.file_id,
            "kind": self.kind.value,
            "media_type": self.piece.media_type,
            "original_seen_by": self.original_seen_by,
            "outcome": None if self.about is None else self.about.outcome_id,
            "sha256": self.piece.sha256.hex(),
            "size": self.piece.size,
        }
        return {name: fact for name, fact in facts.items() if fact is not None}

    def _statement(self, facts: Mapping[str, JSONValue], moment: Moment) -> Statement:
        return make_statement(
            issuer=self.issuer,
            log=moment.log,
            kind="evidence",
            fields=facts,
            entropy=moment.entropy,
        )

    def _row(self, statement: Statement, moment: Moment) -> dict[str, object]:
        file_id = self.piece.file_id
        return {
            "id": file_id,
            "account_id": self.key.account_id,
            "outcome_id": None if self.about is None else self.about.outcome_id,
            "issuer": self.issuer,
            "kind": self.kind.value,
            "media_type": self.piece.media_type,
            "size": self.piece.size,
            "added_by": self.added_by,
            "added_at": int(moment.now.timestamp()),
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                self.key, _TABLE, file_id, statement, moment.entropy
            ),
        }


def _sameness(account_id: str, issuer: str, stated: Mapping[str, JSONValue]) -> Sameness:
    said = frozenset((name, fact) for name, fact in stated.items() if name != "evidence")
    return account_id, issuer, said


def _known(key: AccountKey, stored: StoredEvidence) -> Iterator[tuple[Sameness, AddedEvidence]]:
    """Give what a piece is the same as; nothing is the same as one whose seal is broken."""
    with suppress(SealBroken):
        stated = open_fields(key, _TABLE, stored.id, stored.sealed_statement)
        there = AddedEvidence(evidence_id=stored.id, entry_index=stored.entry_index)
        yield _sameness(stored.account_id, stored.issuer, stated), there
