"""Finish a batch: one public leaf with its counts and the root over its leaves, or a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

import rfc8785
from sqlalchemy import Connection, Update, update
from sqlmodel import col

from creditbank.errors import InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.find import Batch, batch_outcomes, find_batches
from creditbank.outcomes.batches.settle import Settlement, sealed_refusals, stored_problem
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.tables import BatchRow, RejectedRow
from creditbank.writer.command import Decision, Moment, PublicObject
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows
from ledger.leaf import LeafDraft, new_id
from ledger.merkle import CompactRange
from ledger.read import read_leaf_hashes

DOCUMENT_TYPE = "application/vnd.creditbank.batch+json"
_TOLD_COUNTS = ("accepted", "held", "duplicate", "not_awarded", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A batch and the tree over the leaves that its accepted rows appended, in order."""

    batch: Batch
    tree: CompactRange


State = dict[str, Finished]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishBatch:
    """Ask that a fully settled batch be closed; its leaf proves the counts and every row."""

    batch_id: str
    batch_key: AccountKey

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the batches and hash their leaves."""
        batches = find_batches(connection, {command.batch_id for command in commands})
        return {
            batch.id: Finished(batch=batch, tree=_tree(connection, batch.id))
            for batch in batches.values()
        }

    def decide(self, state: State, moment: Moment) -> Decision[State, int]:
        """Append the batch's leaf; the answer is its index."""
        finished = state[self.batch_id]
        batch = finished.batch
        if batch.state != BatchState.RECORDING:
            raise Refusal("batch-elsewhere")
        finished_at = int(moment.now.timestamp())
        upload = self.batch_key.upload_tag(upload_facts(batch, finished_at))
        document = batch_document(batch, finished.tree, upload)
        leaf = LeafDraft(
            t="batch",
            id=new_id(moment.now, moment.entropy),
            iss=batch.institution_id,
            object=sha256(document).digest(),
        )
        closed = _close(self.batch_id, BatchState.RECORDED, moment).values(
            entry_index=moment.next_index
        )
        return Decision(
            answer=moment.next_index,
            state=state,
            changes=[closed],
            rows=message_rows([_told(batch, BatchState.RECORDED, counts_of(batch))], moment),
            leaves=[leaf],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseBatch:
    """Ask that a batch be closed with nothing more recorded, and why.

    With a settlement nothing was recorded at all: its refused rows are kept for the report, and
    whatever would have been accepted counts as rejected too.
    """

    batch_id: str
    batch_key: AccountKey
    refusal: Refusal
    settlement: Settlement | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Mapping[str, Batch]:
        """Load the batches."""
        return find_batches(connection, {command.batch_id for command in commands})

    def decide(self, state: Mapping[str, Batch], moment: Moment) -> Decision[Any, None]:
        """Close it; raises `Refusal("batch-elsewhere")` when it is closed already."""
        if state[self.batch_id].state != BatchState.RECORDING:
            raise Refusal("batch-elsewhere")
        batch = state[self.batch_id]
        counts = {} if self.settlement is None else _refused_counts(self.settlement)
        refusals = () if self.settlement is None else self.settlement.refusals
        closed = _close(self.batch_id, BatchState.REFUSED, moment).values(
            problem=stored_refusal(self.refusal),
            **counts,
        )
        rows = sealed_refusals(self.batch_id, self.batch_key, refusals, moment.entropy)
        told = _told(batch, BatchState.REFUSED, counts_of(batch) | counts)
        return Decision(
            answer=None,
            state=state,
            rows={RejectedRow: rows, **message_rows([told], moment)},
            changes=[closed],
        )


def stored_refusal(refusal: Refusal) -> dict[str, object]:
    """Give the stored form of a refusal."""
    problems = refusal.problems if isinstance(refusal, InvalidInput) else ()
    return {
        "code": refusal.code,
        "facts": dict(refusal.facts),
        "errors": [stored_problem(problem) for problem in problems],
    }


def batch_document(batch: Batch, tree: CompactRange, upload: bytes) -> bytes:
    """Give a batch's public document (JCS): counts, and the RFC 6962 root over its leaf hashes.

    `upload` commits to the upload's facts under the batch's key: the hash of a short file would
    tell its content to anyone who guesses it.
    """
    return rfc8785.dumps(
        {
            "id": batch.id,
            "institution": batch.institution_id,
            "counts": counts_of(batch),
            "root": tree.root.hex(),
            "size": tree.size,
            "upload": upload.hex(),
        }
    )


def upload_facts(batch: Batch, finished_at: int) -> bytes:
    """Give what was uploaded, by whom, how and when (JCS)."""
    follows = {} if batch.follows_id is None else {"follows": batch.follows_id}
    return rfc8785.dumps(
        {
            **follows,
            "file": batch.file_sha256.hex(),
            "finished_at": finished_at,
            "mapping": batch.mapping_sha256.hex(),
            "media_type": batch.media_type,
            "options": batch.options,
            "posted_with": batch.posted_with,
            "started_at": batch.started_at,
        }
    )


def counts_of(batch: Batch) -> dict[str, int]:
    """Give the counts: rows = accepted + duplicate + not_awarded + rejected; held is accepted."""
    return {
        "rows": batch.position,
        "accepted": batch.accepted,
        "held": batch.held,
        "duplicate": batch.duplicate,
        "not_awarded": batch.not_awarded,
        "rejected": batch.rejected,
        "conflict": batch.conflict,
    }


def _told(batch: Batch, state: BatchState, counts: Mapping[str, int]) -> NewMessage:
    """Tell its institution that a batch ended its processing, with the counts that matter."""
    told = {name: counts[name] for name in _TOLD_COUNTS}
    return NewMessage(
        institution_id=batch.institution_id,
        kind=MessageKind.BATCH_ENDED,
        subject_id=batch.id,
        facts={"state": state.value, **told},
    )


def _close(batch_id: str, state: BatchState, moment: Moment) -> Update:
    return (
        update(BatchRow)
        .where(col(BatchRow.id) == batch_id)
        .values(state=state.value, finished_at=int(moment.now.timestamp()))
    )


def _refused_counts(settlement: Settlement) -> dict[str, int]:
    refused = settlement.accepted + settlement.rejected
    return {
        "position": refused + settlement.duplicate + settlement.not_awarded,
        "duplicate": settlement.duplicate,
        "not_awarded": settlement.not_awarded,
        "rejected": refused,
        "conflict": settlement.conflict,
    }


def _tree(connection: Connection, batch_id: str) -> CompactRange:
    tree = CompactRange()
    for chunk in batch_outcomes(connection, batch_id):
        tree = tree.extended(read_leaf_hashes(connection, [index for _, index in chunk]))
    return tree
