"""Find batches, what they recorded, and what they refused."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    func,
    select,
)
from sqlmodel import col

from creditbank.database import stream, table_of
from creditbank.errors import Refusal
from creditbank.institutions.tree import require_covered
from creditbank.outcomes.batches.start import UNDECIDED
from creditbank.outcomes.tables import BatchRow, OutcomeRow, RejectedRow

_ROWS_A_READ = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One uploaded file and how far it is settled."""

    id: str
    institution_id: str
    posted_with: str
    state: str
    follows_id: str | None
    media_type: str
    options: dict[str, Any]
    file_sha256: bytes
    mapping_sha256: bytes
    position: int
    accepted: int
    duplicate: int
    not_awarded: int
    rejected: int
    conflict: int
    held: int
    problem: dict[str, object] | None
    entry_index: int | None
    started_at: int
    finished_at: int | None


def find_batches(connection: Connection, ids: Collection[str]) -> dict[str, Batch]:
    """Give those of these batches that exist, by id."""
    return {
        row["id"]: Batch(**row)
        for row in connection.execute(_select_batches().where(col(BatchRow.id).in_(ids))).mappings()
    }


def get_batch(connection: Connection, batch_id: str, institution_id: str, on: date) -> Batch:
    """Give a batch of the subtree of this institution as of a day.

    Raises `Refusal("not-found")` alike for any other.
    """
    batch = find_batches(connection, [batch_id]).get(batch_id)
    if batch is None:
        raise Refusal("not-found")
    require_covered(connection, institution_id, batch.institution_id, on)
    return batch


def family_of(connection: Connection, first_id: str) -> list[Batch]:
    """Give the first batch of a family and all that mend it, oldest first."""
    is_of_it = (col(BatchRow.id) == first_id) | (col(BatchRow.follows_id) == first_id)
    wanted = _select_batches().where(is_of_it).order_by(col(BatchRow.started_at), col(BatchRow.id))
    return [Batch(**row) for row in connection.execute(wanted).mappings()]


def batches_posted_by(
    connection: Connection,
    institution_ids: Collection[str],
    *,
    states: Collection[str],
    after: int,
    limit: int,
) -> list[Batch]:
    """Give some batches in these states, the newest first, leaving the first `after` out."""
    wanted = (
        _select_batches()
        .where(
            col(BatchRow.institution_id).in_(institution_ids),
            col(BatchRow.state).in_([str(one) for one in states]),
        )
        .order_by(col(BatchRow.started_at).desc(), col(BatchRow.id))
        .offset(after)
        .limit(limit)
    )
    return [Batch(**row) for row in connection.execute(wanted).mappings()]


def batches_in_state(connection: Connection, state: str) -> list[Batch]:
    """Give the batches in this state, oldest first."""
    wanted = (
        _select_batches().where(col(BatchRow.state) == state).order_by(col(BatchRow.started_at))
    )
    return [Batch(**row) for row in connection.execute(wanted).mappings()]


def count_undecided(connection: Connection, institution_id: str) -> int:
    """Count the files of an institution that wait or are being recorded."""
    wanted = select(func.count()).where(
        col(BatchRow.institution_id) == institution_id,
        col(BatchRow.state).in_([str(one) for one in UNDECIDED]),
    )
    return int(connection.scalar(wanted) or 0)


def batch_entries(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every batch that has a leaf, by ascending index."""
    wanted = select(col(BatchRow.entry_index), col(BatchRow.id)).where(
        col(BatchRow.entry_index).is_not(None)
    )
    for row in stream(connection, wanted.order_by(col(BatchRow.entry_index))):
        yield row[0], row[1]


def batches_without_leaf(connection: Connection) -> Iterator[Batch]:
    """Give every batch that is not on the ledger."""
    wanted = _select_batches().where(col(BatchRow.entry_index).is_(None))
    for row in stream(connection, wanted):
        yield Batch(**row._mapping)  # noqa: SLF001 - the public name of a row's mapping


def batch_outcomes(
    connection: Connection, batch_id: str, after: int = -1
) -> Iterator[Sequence[tuple[str, int]]]:
    """Give id and ledger index of a batch's outcomes by rising index, some at a time.

    Each time is a query of its own; `after` is an index to go on behind.
    """
    wanted = (
        select(col(OutcomeRow.id), col(OutcomeRow.entry_index))
        .where(col(OutcomeRow.batch_id) == batch_id)
        .order_by(col(OutcomeRow.entry_index))
        .limit(_ROWS_A_READ)
    )
    while rows := connection.execute(wanted.where(col(OutcomeRow.entry_index) > after)).all():
        yield [(row.id, row.entry_index) for row in rows]
        after = rows[-1].entry_index


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One refused row of a batch, still under seal."""

    row_number: int
    problems: list[dict[str, object]]
    sealed_row: bytes


def rejected_rows(connection: Connection, batch_id: str, after: int = 0) -> Sequence[Rejected]:
    """Give some refused rows of a batch in the order of the file, those after a row number."""
    columns = [table_of(RejectedRow).c[name] for name in Rejected.__slots__]
    wanted = (
        select(*columns)
        .where(col(RejectedRow.batch_id) == batch_id, col(RejectedRow.row_number) > after)
        .order_by(col(RejectedRow.row_number))
        .limit(_ROWS_A_READ)
    )
    return [Rejected(**row) for row in connection.execute(wanted).mappings()]


def held_counts(connection: Connection) -> dict[str, int]:
    """Give how many rows of each batch count as held, where there are any."""
    wanted = select(col(BatchRow.id), col(BatchRow.held)).where(col(BatchRow.held) != 0)
    return {row.id: row.held for row in connection.execute(wanted)}


def _select_batches() -> Select[*tuple[object, ...]]:
    return select(*(table_of(BatchRow).c[name] for name in Batch.__slots__))
