"""Settles uploaded batches one after the other, and resumes after a crash where it stopped.

Several workers may run over one data folder: each holds the folder of the batch that it settles.
"""

import logging
import threading

from creditbank.errors import Refusal
from creditbank.outcomes.batches.run import Import, Options, Parts
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.batches.uploads import Uploads
from creditbank.outcomes.queries import Batch, batches_in_state, find_batches

LOOK_EVERY_SECONDS = 5.0
PASSING = frozenset({"busy", "unavailable", "batch-elsewhere"})
"""Refusals that another look may find gone; after any other this process leaves the batch alone."""

_log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The worker was asked to stop within a batch."""


class BatchWorker:
    """One thread that settles what is uploaded; wake it when something is."""

    def __init__(self, parts: Parts, uploads: Uploads) -> None:
        self._parts = parts
        self._uploads = uploads
        self._wake = threading.Event()
        self._is_stopped = False
        self._given_up: set[str] = set()
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)

    def start(self) -> None:
        """Sweep left-over folders, then begin with what an earlier process left unfinished."""
        self._sweep()
        self._thread.start()

    def wake(self) -> None:
        """Say that a batch was started."""
        self._wake.set()

    def stop(self) -> None:
        """Stop between two stretches of rows; what is unfinished goes on at the next start."""
        self._is_stopped = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._is_stopped:
            try:
                self._settle_waiting()
            except Exception:  # noqa: BLE001 - the thread must live on
                # What is unfinished stays so, and is looked at again.
                _log.exception("batches were not settled")
            self._wake.wait(LOOK_EVERY_SECONDS)
            self._wake.clear()

    def _settle_waiting(self) -> None:
        with self._parts.readers.reading() as connection:
            waiting = batches_in_state(connection, BatchState.RECORDING)
        for batch in waiting:
            if self._is_stopped:
                return
            if batch.id not in self._given_up:
                with self._uploads.holding(batch.id) as is_held:
                    if is_held:
                        self._settle(batch)

    def _settle(self, batch: Batch) -> None:
        upload = self._uploads.upload(
            batch.id,
            media_type=batch.media_type,
            encoding=batch.options.get("encoding"),
        )
        if upload is None:
            return  # Another process, or the command line, holds this batch's file.
        options = Options(
            may_open_accounts=bool(batch.options["may_open_accounts"]),
            all_or_nothing=bool(batch.options["all_or_nothing"]),
        )
        institution_id = batch.institution_id
        try:
            checked = Import(self._parts, upload, institution_id=institution_id, options=options)
            checked.run(batch.id, self._go_on)
        except _Stopped:
            return
        except Refusal as refusal:
            _log.warning("batch %s was not settled: %s", batch.id, refusal.code)
            if refusal.code not in PASSING:
                self._given_up.add(batch.id)
        except Exception:  # noqa: BLE001 - the batches after it must not wait for this one
            _log.exception("batch %s was not settled", batch.id)
            self._given_up.add(batch.id)
        self._remove_if_closed(batch.id)

    def _go_on(self, _rows: int) -> None:
        if self._is_stopped:
            raise _Stopped

    def _remove_if_closed(self, batch_id: str) -> None:
        """Remove a folder that nobody will ask for again; an open batch keeps its own."""
        with self._parts.readers.reading() as connection:
            batch = find_batches(connection, [batch_id]).get(batch_id)
        if batch is None or batch.state != BatchState.RECORDING:
            self._uploads.remove(batch_id)

    def _sweep(self) -> None:
        for batch_id in self._uploads.present():
            with self._uploads.holding(batch_id) as is_held:
                if is_held:
                    self._remove_if_closed(batch_id)
