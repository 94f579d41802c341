"""The writer's thread: one queue, one connection, one commit for all that waits.

The thread alone owns the queue's far end and the newest published size; callers hold futures.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from creditbank.conversion.working_days import WorkingDays, mainland_working_days
from creditbank.errors import Refusal
from creditbank.writer.command import AnswerT, Command, RepeatableCommand
from creditbank.writer.idempotency import Attempt
from creditbank.writer.receipts import Commit, CommitSlice, Written
from creditbank.writer.transaction import Asked, Outcome, Transactions
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.publish import store_checkpoint
from ledger.read import read_head

BATCH_COMMANDS_MAX = 256
QUEUE_COMMANDS_MAX = 4_096
PUBLISH_EVERY_SECONDS = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    asked: Asked
    future: Future[Any]


class Writer:
    """The only place where the bank's database is written. Close it to publish what it wrote."""

    def __init__(
        self,
        engine: Engine,
        *,
        signer: Signer,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        calendar: Callable[[], WorkingDays] = mainland_working_days,
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._transactions = Transactions(
            engine, origin=signer.name, clock=clock, entropy=entropy, calendar=calendar
        )
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(QUEUE_COMMANDS_MAX)
        self._published_at = 0.0
        self._is_published = False
        self._standstill: Refusal | None = None
        self._is_closed = False
        self._publish()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command[Any, AnswerT]) -> Future[Written[AnswerT]]:
        """Queue a command; the future holds its answer once the commit is durable.

        Raises `Refusal("busy")` when the queue is full: nothing was taken, try again later.
        """
        return self._enqueue(Asked(command, None))

    def submit_once(
        self, command: RepeatableCommand[Any, AnswerT], attempt: Attempt | None
    ) -> Future[Written[AnswerT]]:
        """Queue a command under its caller's name for the attempt, where there is one.

        A repetition is answered as the first time, without receipts of its own; the same name for
        another request is `Refusal("idempotency-key-reused")`.
        """
        return self._enqueue(Asked(command, attempt))

    def _enqueue(self, asked: Asked) -> Future[Any]:
        future: Future[Any] = Future()
        if self._is_closed:
            raise Refusal("unavailable", retry_after_seconds=1)
        try:
            self._queue.put_nowait(_Waiting(asked, future))
        except queue.Full:
            raise Refusal("busy", retry_after_seconds=1) from None
        return future

    def write(self, command: Command[Any, AnswerT]) -> Written[AnswerT]:
        """Submit a command and wait for its answer."""
        return self.submit(command).result()

    @property
    def is_alive(self) -> bool:
        """Say whether the thread works and what it writes can be signed."""
        return self._thread.is_alive() and self._standstill is None

    def close(self) -> None:
        """Finish what waits, publish the last checkpoint and stop; nothing more is taken."""
        self._is_closed = True
        self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _work(self) -> None:
        is_open = True
        while is_open:
            gathered, is_open = self._gather()
            # A caller that gave up is left out; from here on the others cannot give up any more.
            batch = [one for one in gathered if one.future.set_running_or_notify_cancel()]
            if batch:
                self._perform(batch)
            due = time.monotonic() - self._published_at >= PUBLISH_EVERY_SECONDS
            if not self._is_published and (due or not is_open):
                self._publish_or_log()

    def _gather(self) -> tuple[list[_Waiting], bool]:
        """Take what waits, up to a bound; never linger for more. False when asked to stop."""
        batch: list[_Waiting] = []
        try:
            first = self._queue.get(timeout=PUBLISH_EVERY_SECONDS)
            while first is not None:
                batch.append(first)
                if len(batch) == BATCH_COMMANDS_MAX:
                    return batch, True
                first = self._queue.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _perform(self, batch: Sequence[_Waiting]) -> None:
        if self._standstill is not None:
            self._publish_or_log()
        if (refusal := self._standstill) is not None:
            # What could not be signed could not be acknowledged, so nothing is taken.
            for waiting in batch:
                waiting.future.set_exception(Refusal(refusal.code, **refusal.facts))
            return
        try:
            outcome = self._transactions.run([waiting.asked for waiting in batch])
        except (OperationalError, InterfaceError):
            # Whether the commit reached the disk is unknown, so nothing is tried again here:
            # the callers do, and sameness keys keep their repetition from doubling.
            _log.exception("the database did not answer")
            for waiting in batch:
                waiting.future.set_exception(Refusal("unavailable", retry_after_seconds=1))
        except Exception as error:  # noqa: BLE001 - whatever failed, its caller must hear it
            # The whole batch is rolled back. Alone, only the culprit fails.
            if len(batch) > 1:
                for waiting in batch:
                    self._perform([waiting])
                return
            _log.exception("a command failed")
            batch[0].future.set_exception(error)
        else:
            self._answer(batch, outcome)

    def _answer(self, batch: Sequence[_Waiting], outcome: Outcome) -> None:
        commit = None
        if outcome.appended is not None:
            commit = Commit(outcome.appended, self._signer.name, self._signer)
            self._is_published = False
        position = 0
        for waiting, settled in zip(batch, outcome.settled, strict=True):
            if isinstance(settled, Refusal):
                waiting.future.set_exception(settled)
                continue
            receipts = CommitSlice(commit, position, settled.leaves)
            position += settled.leaves
            written = Written(
                answer=settled.answer, receipts=receipts, is_repetition=settled.is_repetition
            )
            waiting.future.set_result(written)

    def _publish_or_log(self) -> None:
        try:
            self._publish()
        except Refusal as refusal:
            self._standstill = refusal
            _log.exception("nothing can be signed")
        except Exception:  # noqa: BLE001 - the thread must live on
            # The next second tries again; acknowledged leaves are already durable.
            _log.exception("publishing a checkpoint failed")
        else:
            self._standstill = None

    def _publish(self) -> None:
        """Sign the committed head and store the note; a smaller one than the newest is left out."""
        self._published_at = time.monotonic()
        with self._engine.connect() as connection:
            head = read_head(connection)
        note = sign_note(
            Checkpoint(origin=self._signer.name, size=head.size, root=head.root), self._signer
        )
        with self._engine.begin() as connection:
            store_checkpoint(connection, head.size, head.root, note)
        self._is_published = True
