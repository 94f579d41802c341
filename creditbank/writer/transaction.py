"""One write transaction: lock the head first, then load, decide, write and append; commit once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlmodel import SQLModel

from creditbank.database import table_of
from creditbank.errors import Refusal
from creditbank.writer.command import Command, Decision, Moment
from ledger.append import Appended, append, lock_head
from ledger.leaf import LeafDraft
from ledger.objects import put_object

AnyCommand = Command[Any, Any]  # The writer is blind to what a command's state and answer are.


@dataclass(frozen=True, slots=True)
class Settled:
    """One command's answer and how many leaves it appended, in order."""

    answer: object
    leaves: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a committed transaction did: one entry for each command, and the leaves it appended."""

    settled: Sequence[Settled | Refusal]
    appended: Appended | None


class Transactions:
    """Runs batches of commands, each batch in one transaction of its own."""

    def __init__(
        self,
        engine: Engine,
        *,
        origin: str,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
    ) -> None:
        self._engine = engine
        self._origin = origin
        self._clock = clock
        self._entropy = entropy

    def run(self, commands: Sequence[AnyCommand]) -> Outcome:
        """Run these commands in order and commit; a refusal fails its own command only.

        Loading before the lock would let two processes spend one outcome twice, so the head is
        locked by the first statement.
        """
        settled: list[Settled | Refusal] = []
        drafts: list[LeafDraft] = []
        with self._engine.begin() as connection:
            head = lock_head(connection)
            moment = Moment(
                now=self._clock(), log=self._origin, next_index=head.size, entropy=self._entropy
            )
            for run in _runs_of_one_kind(commands):
                results, decisions = _decide_run(connection, run, moment)
                settled.extend(results)
                _write(connection, decisions)
                drafted = [leaf for decision in decisions for leaf in decision.leaves]
                drafts.extend(drafted)
                moment = moment.after(len(drafted))
            appended = self._append(connection, head, drafts, moment.now) if drafts else None
        return Outcome(settled, appended)

    def _append(
        self, connection: Connection, head: Any, drafts: Sequence[LeafDraft], now: datetime
    ) -> Appended:
        return append(connection, head, drafts, origin=self._origin, now=now)


def _runs_of_one_kind(commands: Sequence[AnyCommand]) -> Iterator[Sequence[AnyCommand]]:
    for _, run in groupby(commands, key=type):
        yield list(run)


def _decide_run(
    connection: Connection, run: Sequence[AnyCommand], moment: Moment
) -> tuple[list[Settled | Refusal], list[Decision[Any, Any]]]:
    state = type(run[0]).load(connection, run)
    settled: list[Settled | Refusal] = []
    decisions: list[Decision[Any, Any]] = []
    for command in run:
        try:
            decision = command.decide(state, moment)
        except Refusal as refusal:
            settled.append(refusal)
            continue
        state = decision.state
        moment = moment.after(len(decision.leaves))
        decisions.append(decision)
        settled.append(Settled(decision.answer, len(decision.leaves)))
    return settled, decisions


def _write(connection: Connection, decisions: Sequence[Decision[Any, Any]]) -> None:
    rows: dict[type[SQLModel], list[Mapping[str, object]]] = defaultdict(list)
    for decision in decisions:
        for model, added in decision.rows.items():
            rows[model].extend(added)
    order = {table: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}
    for model in sorted(rows, key=lambda model: order[table_of(model)]):
        if rows[model]:
            connection.execute(insert(table_of(model)), rows[model])
    for decision in decisions:
        for change in decision.changes:
            connection.execute(change)
        for document in decision.objects:
            put_object(connection, document.media_type, document.content)
