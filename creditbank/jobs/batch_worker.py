"""Settles uploaded batches and measures one by one, and resumes after a crash where it stopped."""

import logging
import threading
from collections.abc import Callable, Mapping

from creditbank.credits.examine import examine_opened
from creditbank.credits.withdraw_rows import go_on_withdrawing
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import SealBroken
from creditbank.measures.go_on import go_on_with_measure
from creditbank.measures.queries import running_measures
from creditbank.outcomes.batches.check import Options, Parts
from creditbank.outcomes.batches.drafts import is_fresh, is_overdue, sweep
from creditbank.outcomes.batches.find import Batch, batches_in_state, find_batches
from creditbank.outcomes.batches.finish import RefuseBatch
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.start import UNDECIDED, BatchState
from creditbank.outcomes.batches.uploads import Uploads

LOOK_EVERY_SECONDS = 5.0

_log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The process ends; the batch goes on at the next start."""


class BatchWorker:
    """One thread that settles what is uploaded; wake it when something is."""

    def __init__(self, parts: Parts, uploads: Uploads) -> None:
        self._parts = parts
        self._uploads = uploads
        self._wake = threading.Event()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)
        self._jobs: Mapping[str, Callable[[], None]] = {
            "batches": self._settle_waiting,
            "withdrawals": self._withdraw_waiting,
            "measures": self._go_on_with_measures,
            "reviews": self._examine,
            "drafts": self._drop_drafts,
        }

    def start(self) -> None:
        """Begin with what an earlier process left over or unfinished."""
        self._thread.start()

    def wake(self) -> None:
        """Say that a batch was started."""
        self._wake.set()

    def stop(self) -> None:
        """Stop between two transactions; what is unfinished goes on at the next start."""
        self._is_stopped = True
        self._wake.set()
        self._thread.join()

    def _work(self) -> None:
        is_swept = False
        while not self._is_stopped:
            try:
                if not is_swept:
                    self._sweep()
                    is_swept = True
                for name, job in self._jobs.items():
                    self._do(name, job)
            except _Stopped:
                return
            except Exception:  # noqa: BLE001 - the thread must live on
                _log.exception("old uploads could not be swept")
            self._wake.wait(LOOK_EVERY_SECONDS)
            self._wake.clear()

    def _do(self, name: str, job: Callable[[], None]) -> None:
        try:
            job()
        except _Stopped:
            raise
        except Exception:  # noqa: BLE001 - the other jobs must not wait for this one
            # The database may be away; nothing is lost, the next look tries again.
            _log.exception("%s could not be looked up", name)

    def _examine(self) -> None:
        examine_opened(self._parts)

    def _settle_waiting(self) -> None:
        with self._parts.readers.reading() as connection:
            waiting = batches_in_state(connection, BatchState.RECORDING)
        for batch in waiting:
            with self._uploads.held(batch.id) as is_held:
                # Otherwise another process, or the command line, holds this batch's file.
                if is_held:
                    self._settle(batch)

    def _go_on_with_measures(self) -> None:
        with self._parts.readers.reading() as connection:
            running = running_measures(connection)
        for measure in running:
            if self._is_stopped:
                raise _Stopped
            go_on_with_measure(self._parts, measure)

    def _withdraw_waiting(self) -> None:
        with self._parts.readers.reading() as connection:
            waiting = batches_in_state(connection, BatchState.WITHDRAWING)
        for batch in waiting:
            if self._is_stopped:
                raise _Stopped
            try:
                go_on_withdrawing(self._parts, batch)
            except Refusal as refusal:
                # Another process completes it at this moment.
                _log.warning("the withdrawal of %s waits: %s", batch.id, refusal.code)

    def _settle(self, batch: Batch) -> None:
        try:
            self._run(batch)
        except InvalidInput as refusal:
            # It was readable when it was taken, so the file was damaged since.
            self._refuse(batch, refusal)
        except SealBroken:
            self._refuse(batch, InvalidInput([FieldProblem(field="file", code="upload-damaged")]))
        except Refusal as refusal:
            _log.warning("batch %s waits: %s", batch.id, refusal.code)
            return
        except _Stopped:
            raise
        except Exception:  # noqa: BLE001 - the other batches must not wait for this one
            _log.exception("batch %s waits", batch.id)
            return
        self._uploads.remove(batch.id)

    def _run(self, batch: Batch) -> None:
        encoding = batch.options.get("encoding")
        key = self._parts.keystore.get([batch.id])[batch.id]
        upload = self._uploads.upload(key, media_type=batch.media_type, encoding=encoding)
        if upload is None:
            return
        Import(
            self._parts,
            upload,
            institution_id=batch.institution_id,
            options=Options.of(batch),
        ).run(batch.id, self._go_on)

    def _go_on(self, _rows: int) -> None:
        if self._is_stopped:
            raise _Stopped

    def _refuse(self, batch: Batch, refusal: InvalidInput) -> None:
        key = self._parts.keystore.get([batch.id])[batch.id]
        self._parts.writer.write(RefuseBatch(batch_id=batch.id, batch_key=key, refusal=refusal))

    def _sweep(self) -> None:
        sweep(self._uploads, self._is_kept)

    def _drop_drafts(self) -> None:
        """Remove checked files that nobody handed in for a day."""
        now = self._parts.clock()
        sweep(
            self._uploads, lambda one: not is_overdue(self._uploads, one, now) or self._is_kept(one)
        )

    def _is_kept(self, batch_id: str) -> bool:
        with self._parts.readers.reading() as connection:
            batch = find_batches(connection, [batch_id]).get(batch_id)
        if batch is None:
            return is_fresh(self._uploads, batch_id, self._parts.clock())
        return batch.state in UNDECIDED
