"""Settle a stretch of a batch's rows in one transaction, together with the batch's own progress.

Counts and position are written with the rows they count, so that after a crash nothing is lost and
nothing is counted twice; a second process that settles the same stretch is refused.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import orjson
from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.outcomes.batches.find import Batch, find_batches
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.decide import decide_posting
from creditbank.outcomes.hold import Held, Stray
from creditbank.outcomes.record import load_records, rows_of
from creditbank.outcomes.records import Draft, Posting, Records
from creditbank.outcomes.tables import BatchRow, RejectedRow
from creditbank.writer.command import Decision, Moment

CONFLICTS = frozenset({"outcome-conflict", "held-conflict"})
"""The codes of a row that says otherwise of a result that is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowToSettle:
    """One data row: a posting, or the problems it was refused for, with the row as sent."""

    row_number: int
    posting: Posting | Stray | None
    problems: Sequence[FieldProblem]
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """One refused row: its mapped cells as sent, and what is wrong with them."""

    row_number: int
    cells: Sequence[str]
    problems: Sequence[FieldProblem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of a stretch of rows.

    `held` is a part of `accepted`, `conflict` a part of `rejected`.
    """

    accepted: int
    held: int
    duplicate: int
    not_awarded: int
    rejected: int
    conflict: int
    refusals: Sequence[RefusedRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The batches that commands name, and what is known of each one's postings."""

    batches: dict[str, Batch]
    records: dict[str, Records]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleRows:
    """Ask that rows `[start, end)` of a batch be settled; rows not listed were not awarded."""

    batch_id: str
    batch_key: AccountKey
    start: int
    end: int
    not_awarded: int
    rows: Sequence[RowToSettle]
    all_or_nothing: bool

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the batches and what their postings name."""
        batches = find_batches(connection, {command.batch_id for command in commands})
        records = {}
        for batch in batches.values():
            postings = [
                posting
                for command in commands
                if command.batch_id == batch.id
                for posting in postings_of(command.rows)
            ]
            records[batch.id] = load_records(connection, batch.institution_id, postings)
        return State(batches=batches, records=records)

    def decide(self, state: State, moment: Moment) -> Decision[State, Settlement]:
        """Settle the rows; raises `Refusal("batch-elsewhere")` unless they are the next ones."""
        batch = state.batches[self.batch_id]
        if batch.position != self.start or batch.state != BatchState.RECORDING:
            raise Refusal("batch-elsewhere")
        draft = Draft(
            moment=moment,
            posted_with=batch.posted_with,
            batch_id=batch.id,
            hold_key=self.batch_key,
            posted_at=batch.started_at,
        )
        settlement = settle(self.rows, state.records[batch.id], draft, not_awarded=self.not_awarded)
        if self.all_or_nothing and settlement.rejected:
            raise BatchRejected(settlement)
        progress = _progress(batch, self.end, settlement)
        state.batches[batch.id] = replace(batch, **progress)
        moved = update(BatchRow).where(col(BatchRow.id) == batch.id).values(**progress)
        return Decision(
            answer=settlement,
            state=state,
            rows={
                **rows_of(draft),
                RejectedRow: sealed_refusals(
                    batch.id, self.batch_key, settlement.refusals, moment.entropy
                ),
            },
            changes=[moved],
            leaves=draft.leaves,
        )


def sealed_refusals(
    batch_id: str, key: AccountKey, refusals: Sequence[RefusedRow], entropy: Callable[[int], bytes]
) -> list[dict[str, object]]:
    """Give refused rows as they are stored: the cells sealed under the batch's key."""
    return [
        {
            "batch_id": batch_id,
            "row_number": row.row_number,
            "problems": [stored_problem(problem) for problem in row.problems],
            "sealed_row": key.seal(
                refused_row_place(batch_id, row.row_number),
                orjson.dumps(list(row.cells)),
                entropy,
            ),
        }
        for row in refusals
    ]


def stored_problem(problem: FieldProblem) -> dict[str, object]:
    """Give the stored form of a problem."""
    return {"field": problem.field, "code": problem.code, "facts": dict(problem.facts)}


def refused_row_place(batch_id: str, row_number: int) -> bytes:
    """Name the place of a sealed refused row."""
    return place(str(RejectedRow.__tablename__), f"{batch_id}/{row_number}", "sealed_row")


class BatchRejected(Refusal):
    """All-or-nothing was asked and some rows are wrong: nothing was recorded."""

    def __init__(self, settlement: Settlement) -> None:
        super().__init__("batch-rejected", rejected=settlement.rejected)
        self.settlement = settlement


def settle(
    rows: Iterable[RowToSettle], records: Records, draft: Draft, *, not_awarded: int
) -> Settlement:
    """Decide on each row in order; what is recorded goes into the draft."""
    accepted = held = duplicate = conflict = 0
    refusals: list[RefusedRow] = []
    for row in rows:
        if row.posting is None:
            refusals.append(_refused(row, row.problems))
            continue
        try:
            recorded = decide_posting(row.posting, records, draft)
        except Refusal as refusal:
            conflict += refusal.code in CONFLICTS
            refusals.append(_refused(row, problems_of(refusal)))
            continue
        duplicate += recorded.is_duplicate
        accepted += not recorded.is_duplicate
        held += isinstance(recorded, Held) and not recorded.is_duplicate
    return Settlement(
        accepted=accepted,
        held=held,
        duplicate=duplicate,
        not_awarded=not_awarded,
        rejected=len(refusals),
        conflict=conflict,
        refusals=refusals,
    )


def summed(parts: Iterable[Settlement]) -> Settlement:
    """Give what became of all these stretches together."""
    every = list(parts)
    return Settlement(
        accepted=sum(one.accepted for one in every),
        held=sum(one.held for one in every),
        duplicate=sum(one.duplicate for one in every),
        not_awarded=sum(one.not_awarded for one in every),
        rejected=sum(one.rejected for one in every),
        conflict=sum(one.conflict for one in every),
        refusals=[refusal for one in every for refusal in one.refusals],
    )


def postings_of(rows: Iterable[RowToSettle]) -> list[Posting | Stray]:
    """Give the postings among these rows."""
    return [row.posting for row in rows if row.posting is not None]


def problems_of(refusal: Refusal) -> Sequence[FieldProblem]:
    """Give a refusal as problems of a row."""
    if isinstance(refusal, InvalidInput):
        return refusal.problems
    return [FieldProblem(field="", code=refusal.code, facts=refusal.facts)]


def _refused(row: RowToSettle, problems: Sequence[FieldProblem]) -> RefusedRow:
    return RefusedRow(row_number=row.row_number, cells=row.cells, problems=problems)


def _progress(batch: Batch, end: int, settlement: Settlement) -> dict[str, Any]:
    return {
        "position": end,
        "accepted": batch.accepted + settlement.accepted,
        "held": batch.held + settlement.held,
        "duplicate": batch.duplicate + settlement.duplicate,
        "not_awarded": batch.not_awarded + settlement.not_awarded,
        "rejected": batch.rejected + settlement.rejected,
        "conflict": batch.conflict + settlement.conflict,
    }
