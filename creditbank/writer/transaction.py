"""One write transaction: lock the head first, then load, decide, write and append; commit once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert
from sqlmodel import SQLModel

from creditbank.conversion.working_days import WorkingDays
from creditbank.database import table_of
from creditbank.errors import Refusal
from creditbank.writer.command import Decision, Moment
from creditbank.writer.idempotency import Attempt, Remembered, find_attempts, remember_attempts
from ledger.append import Appended, append, lock_head
from ledger.leaf import LeafDraft
from ledger.objects import put_object


@dataclass(frozen=True, slots=True)
class Asked:
    """One command, and the attempt it belongs to where its caller named one.

    Only a repeatable command has an attempt: `Writer.submit_once` sees to that.
    """

    command: Any
    attempt: Attempt | None


@dataclass(frozen=True, slots=True)
class Settled:
    """One command's answer, how many leaves it appended in order, and whether it acted before."""

    answer: object
    leaves: int
    is_repetition: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a committed transaction did: one entry for each command, and the leaves it appended."""

    settled: Sequence[Settled | Refusal]
    appended: Appended | None


@dataclass(slots=True)
class _Batch:
    """What one transaction gathers while it decides; owned by `Transactions.run` alone."""

    moment: Moment
    remembered: dict[tuple[str, str, str], Remembered]
    settled: list[Settled | Refusal] = field(default_factory=list)
    leaves: list[LeafDraft] = field(default_factory=list)
    results: list[tuple[Attempt, str]] = field(default_factory=list)


class Transactions:
    """Runs batches of commands, each batch in one transaction of its own."""

    def __init__(
        self,
        engine: Engine,
        *,
        origin: str,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        calendar: Callable[[], WorkingDays],
    ) -> None:
        self._engine = engine
        self._origin = origin
        self._clock = clock
        self._entropy = entropy
        self._calendar = calendar

    def run(self, asked: Sequence[Asked]) -> Outcome:
        """Run these commands in order and commit; a refusal fails its own command only.

        Loading before the lock would let two processes spend one outcome twice, so the head is
        locked by the first statement.
        """
        with self._engine.begin() as connection:
            head = lock_head(connection)
            now = self._clock()
            attempts = [one.attempt for one in asked if one.attempt is not None]
            batch = _Batch(
                moment=Moment(
                    now=now,
                    log=self._origin,
                    next_index=head.size,
                    entropy=self._entropy,
                    calendar=self._calendar,
                ),
                remembered=find_attempts(connection, attempts, now),
            )
            for run in _runs_of_one_kind(asked):
                _write(connection, _decide_run(connection, run, batch))
            remember_attempts(connection, batch.results, now)
            appended = (
                append(connection, head, batch.leaves, origin=self._origin, now=now)
                if batch.leaves
                else None
            )
        return Outcome(batch.settled, appended)


def _runs_of_one_kind(asked: Sequence[Asked]) -> Iterator[Sequence[Asked]]:
    for _, run in groupby(asked, key=lambda one: type(one.command)):
        yield list(run)


def _decide_run(
    connection: Connection, run: Sequence[Asked], batch: _Batch
) -> list[Decision[Any, Any]]:
    state = type(run[0].command).load(connection, [one.command for one in run])
    decisions: list[Decision[Any, Any]] = []
    for one in run:
        try:
            if (repeated := _repeated(one, batch)) is not None:
                batch.settled.append(repeated)
                continue
            decision = one.command.decide(state, batch.moment)
        except Refusal as refusal:
            batch.settled.append(refusal)
            continue
        state = decision.state
        batch.moment = batch.moment.after(len(decision.leaves))
        batch.leaves.extend(decision.leaves)
        batch.settled.append(Settled(decision.answer, len(decision.leaves)))
        decisions.append(decision)
        _remember(one, decision, batch)
    return decisions


def _repeated(one: Asked, batch: _Batch) -> Settled | None:
    """Give the first answer to a repeated attempt; refuses a key reused for another request."""
    if one.attempt is None:
        return None
    remembered = batch.remembered.get(one.attempt.name)
    if remembered is None:
        return None
    if remembered.request_hash != one.attempt.request_hash:
        raise Refusal("idempotency-key-reused")
    return Settled(one.command.recall(remembered.result), 0, is_repetition=True)


def _remember(one: Asked, decision: Decision[Any, Any], batch: _Batch) -> None:
    if one.attempt is None:
        return
    result = one.command.remember(decision.answer)
    batch.remembered[one.attempt.name] = Remembered(one.attempt.request_hash, result)
    batch.results.append((one.attempt, result))


def _write(connection: Connection, decisions: Sequence[Decision[Any, Any]]) -> None:
    for decision in decisions:
        for change in decision.changes:
            connection.execute(change)
    rows: dict[type[SQLModel], list[Mapping[str, object]]] = defaultdict(list)
    for decision in decisions:
        for model, added in decision.rows.items():
            rows[model].extend(added)
    order = _places(len(SQLModel.metadata.tables))
    for model in sorted(rows, key=lambda model: order[table_of(model)]):
        if rows[model]:
            connection.execute(insert(table_of(model)), rows[model])
    for decision in decisions:
        for document in decision.objects:
            put_object(connection, document.media_type, document.content)


@cache
def _places(_known: int) -> dict[Table, int]:
    """Give each table's place after those that it refers to, kept for as many tables as known."""
    return {table: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}
