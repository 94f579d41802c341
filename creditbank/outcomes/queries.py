"""Questions about outcomes and batches."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    SQLColumnExpression,
    bindparam,
    func,
    select,
)
from sqlmodel import col

from creditbank.database import chunks, table_of
from creditbank.errors import Refusal
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.tables import BatchRow, OutcomeRow, RejectedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutcome:
    """A stored outcome: its clear facts, and its statement still under seal."""

    id: str
    natural_tag: bytes | None
    account_id: str
    definition_id: str
    institution_id: str
    outcome_class: str
    credits: int | None
    class_hours: int | None
    minutes: int | None
    awarded_month: str
    status: str
    batch_id: str | None
    corrects_id: str | None
    entry_index: int
    sealed_statement: bytes


_COLUMNS = [table_of(OutcomeRow).c[name] for name in StoredOutcome.__slots__]
_TAGGED = select(*_COLUMNS).where(
    col(OutcomeRow.natural_tag).in_(bindparam("tags", expanding=True))
)
_NAMED = select(*_COLUMNS).where(col(OutcomeRow.id).in_(bindparam("ids", expanding=True)))


def outcomes_by_tag(
    connection: Connection, tags: Sequence[bytes]
) -> Iterator[tuple[bytes, StoredOutcome]]:
    """Give the recorded outcomes with these natural tags, each behind its tag."""
    for chunk in chunks(tags):
        for row in connection.execute(_TAGGED, {"tags": chunk}).mappings():
            yield row["natural_tag"], _stored(row)


def find_outcomes(connection: Connection, ids: Collection[str]) -> dict[str, StoredOutcome]:
    """Give those of these outcomes that exist, by id."""
    found: dict[str, StoredOutcome] = {}
    for chunk in chunks(list(ids)):
        rows = connection.execute(_NAMED, {"ids": chunk}).mappings()
        found.update((row["id"], _stored(row)) for row in rows)
    return found


def outcomes_of_account(
    connection: Connection, account_id: str, *, after: int = -1, limit: int | None = None
) -> list[StoredOutcome]:
    """Give the outcomes of an account in the order of the ledger, those after an index."""
    wanted = select(*_COLUMNS).where(
        col(OutcomeRow.account_id) == account_id, col(OutcomeRow.entry_index) > after
    )
    ordered = wanted.order_by(col(OutcomeRow.entry_index)).limit(limit)
    return [_stored(row) for row in connection.execute(ordered).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTotal:
    """Sums over the standing outcomes of a class: 1/1000 credits and class hours, minutes."""

    outcome_class: str
    outcomes: int
    credits: int
    class_hours: int
    minutes: int


def totals_by_class(connection: Connection, account_id: str) -> list[ClassTotal]:
    """Add up the standing outcomes of an account by class."""

    def total(amount: SQLColumnExpression[int | None]) -> ColumnElement[int]:
        return func.coalesce(func.sum(amount), 0)

    rows = connection.execute(
        select(
            col(OutcomeRow.outcome_class),
            func.count(),
            total(col(OutcomeRow.credits)),
            total(col(OutcomeRow.class_hours)),
            total(col(OutcomeRow.minutes)),
        )
        .where(
            col(OutcomeRow.account_id) == account_id,
            col(OutcomeRow.status) == OutcomeStatus.ACTIVE.value,
        )
        .group_by(col(OutcomeRow.outcome_class))
        .order_by(col(OutcomeRow.outcome_class))
    )
    return [
        ClassTotal(
            outcome_class=name,
            outcomes=count,
            credits=int(credit_sum),
            class_hours=int(class_hours),
            minutes=int(minutes),
        )
        for name, count, credit_sum, class_hours, minutes in rows
    ]


def newest_outcome(connection: Connection, institution_id: str) -> StoredOutcome:
    """Give the outcome that an institution posted last; raises `Refusal("not-found")`."""
    wanted = select(*_COLUMNS).where(col(OutcomeRow.institution_id) == institution_id)
    newest = wanted.order_by(col(OutcomeRow.entry_index).desc()).limit(1)
    row = connection.execute(newest).mappings().one_or_none()
    if row is None:
        raise Refusal("not-found")
    return _stored(row)


def get_outcome(connection: Connection, outcome_id: str, institution_id: str) -> StoredOutcome:
    """Give an outcome of this institution; raises `Refusal("not-found")` alike for any other."""
    outcome = find_outcomes(connection, [outcome_id]).get(outcome_id)
    if outcome is None or outcome.institution_id != institution_id:
        raise Refusal("not-found")
    return outcome


def _stored(row: RowMapping) -> StoredOutcome:
    return StoredOutcome(**row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One uploaded file and how far it is settled."""

    id: str
    institution_id: str
    posted_with: str
    state: str
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
    problem: dict[str, object] | None
    entry_index: int | None


def find_batches(connection: Connection, ids: Collection[str]) -> dict[str, Batch]:
    """Give those of these batches that exist, by id."""
    return {
        row["id"]: Batch(**row)
        for row in connection.execute(_select_batches().where(col(BatchRow.id).in_(ids))).mappings()
    }


def get_batch(connection: Connection, batch_id: str, institution_id: str) -> Batch:
    """Give a batch of this institution; raises `Refusal("not-found")` alike for any other."""
    batch = find_batches(connection, [batch_id]).get(batch_id)
    if batch is None or batch.institution_id != institution_id:
        raise Refusal("not-found")
    return batch


def batches_in_state(connection: Connection, state: str) -> list[Batch]:
    """Give the batches in this state, oldest first."""
    wanted = (
        _select_batches().where(col(BatchRow.state) == state).order_by(col(BatchRow.started_at))
    )
    return [Batch(**row) for row in connection.execute(wanted).mappings()]


def batch_outcomes(connection: Connection, batch_id: str) -> list[tuple[str, int]]:
    """Give id and ledger index of a batch's outcomes, by ascending index."""
    wanted = (
        select(col(OutcomeRow.id), col(OutcomeRow.entry_index))
        .where(col(OutcomeRow.batch_id) == batch_id)
        .order_by(col(OutcomeRow.entry_index))
    )
    return [(row.id, row.entry_index) for row in connection.execute(wanted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One refused row of a batch, still under seal."""

    row_number: int
    problems: list[dict[str, object]]
    sealed_row: bytes


def rejected_rows(connection: Connection, batch_id: str) -> Iterator[Rejected]:
    """Give the refused rows of a batch in the order of the file."""
    columns = [table_of(RejectedRow).c[name] for name in Rejected.__slots__]
    wanted = (
        select(*columns)
        .where(col(RejectedRow.batch_id) == batch_id)
        .order_by(col(RejectedRow.row_number))
    )
    yield from (Rejected(**row) for row in connection.execute(wanted).mappings())


def _select_batches() -> Select[*tuple[object, ...]]:
    return select(*(table_of(BatchRow).c[name] for name in Batch.__slots__))
