"""Questions about evidence."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import stream, table_of
from creditbank.evidence.tables import EvidenceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidence:
    """A stored piece of evidence; `added_at` is seconds since 1970 in UTC, `size` is bytes."""

    id: str
    account_id: str
    outcome_id: str | None
    issuer: str
    kind: str
    media_type: str
    size: int
    added_by: str
    added_at: int
    entry_index: int
    sealed_statement: bytes


_COLUMNS = [table_of(EvidenceRow).c[name] for name in StoredEvidence.__slots__]
_NAMED = select(*_COLUMNS).where(among(col(EvidenceRow.id)))


def find_evidence(connection: Connection, ids: Collection[str]) -> dict[str, StoredEvidence]:
    """Give those of these pieces that exist, by id."""
    return {row["id"]: StoredEvidence(**row) for row in rows_among(connection, _NAMED, ids)}


def evidence_of_account(connection: Connection, account_id: str) -> list[StoredEvidence]:
    """Give all evidence of an account in the order of the ledger."""
    wanted = select(*_COLUMNS).where(col(EvidenceRow.account_id) == account_id)
    rows = connection.execute(wanted.order_by(col(EvidenceRow.entry_index))).mappings()
    return [StoredEvidence(**row) for row in rows]


def evidence_of_sizes(
    connection: Connection, account_ids: Collection[str], sizes: Collection[int]
) -> list[StoredEvidence]:
    """Give the evidence of accounts whose files have one of these sizes, in bytes."""
    wanted = select(*_COLUMNS).where(
        col(EvidenceRow.account_id).in_(account_ids), col(EvidenceRow.size).in_(sizes)
    )
    rows = connection.execute(wanted.order_by(col(EvidenceRow.entry_index).desc())).mappings()
    return [StoredEvidence(**row) for row in rows]


def evidence_of_outcome(connection: Connection, outcome_id: str) -> list[StoredEvidence]:
    """Give the evidence of an outcome in the order of the ledger."""
    wanted = select(*_COLUMNS).where(col(EvidenceRow.outcome_id) == outcome_id)
    rows = connection.execute(wanted.order_by(col(EvidenceRow.entry_index))).mappings()
    return [StoredEvidence(**row) for row in rows]


def evidence_counts(connection: Connection, account_ids: Collection[str]) -> dict[str, int]:
    """Give how many pieces each of these accounts has, where it has any."""
    wanted = (
        select(col(EvidenceRow.account_id), func.count())
        .where(col(EvidenceRow.account_id).in_(account_ids))
        .group_by(col(EvidenceRow.account_id))
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def evidence_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of all evidence, or of an account's, by ascending index."""
    wanted = select(col(EvidenceRow.entry_index), col(EvidenceRow.id))
    if account_id is not None:
        wanted = wanted.where(col(EvidenceRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(EvidenceRow.entry_index))):
        yield row[0], row[1]
