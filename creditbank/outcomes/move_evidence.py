"""Evidence of a reassigned outcome goes with it; the wrong person can open it no longer."""

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.database import Readers
from creditbank.evidence.move import sealed_anew
from creditbank.evidence.queries import evidence_of_outcome
from creditbank.evidence.store import EvidenceStore
from creditbank.outcomes.queries import find_revocations
from creditbank.outcomes.reassign import Reassignment
from creditbank.outcomes.tables import OutcomeRevocationRow


class Parts(Protocol):
    """What moving works with; a bank has them all."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def evidence(self) -> EvidenceStore:
        """The sealed files."""
        ...

    def entropy(self, count: int, /) -> bytes:
        """Random bytes."""
        ...


def with_evidence(asked: Reassignment, parts: Parts) -> Reassignment:
    """Give a reassignment with the evidence of its outcome, sealed for whose it is.

    Files of one that is refused afterwards are left-overs, and swept as such.
    """
    with parts.readers.reading() as connection:
        pieces = evidence_of_outcome(connection, asked.outcome.id)
    moved = sealed_anew(pieces, asked.key, asked.to, parts.evidence, parts.entropy)
    return replace(asked, pieces=dict(moved))


def sweep_moved(readers: Readers, store: EvidenceStore, outcome_id: str | None = None) -> None:
    """Delete the files that went with a reassigned outcome, of one or of all there are."""
    with readers.reading() as connection:
        moved = reassigned(connection) if outcome_id is None else [outcome_id]
        pieces = [one for name in moved for one in evidence_of_outcome(connection, name)]
    for piece in pieces:
        store.delete(piece.id)


def reassigned(connection: Connection) -> list[str]:
    """Give every outcome that was reassigned to somebody else."""
    is_moved = col(OutcomeRevocationRow.reassigned_to).is_not(None)
    return list(connection.scalars(select(col(OutcomeRevocationRow.outcome_id)).where(is_moved)))


def reassigned_among(connection: Connection, outcome_ids: Collection[str]) -> set[str]:
    """Give those of these outcomes that were reassigned to somebody else."""
    return {
        outcome_id
        for outcome_id, one in find_revocations(connection, outcome_ids).items()
        if one.reassigned_to is not None
    }
