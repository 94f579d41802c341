"""Settles uploaded batches one after the other, and resumes after a crash where it stopped."""

import logging
import threading

from creditbank.errors import BankError, Refusal
from creditbank.outcomes.batches.run import Import, Options, Parts
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.batches.uploads import Uploads
from creditbank.outcomes.queries import Batch, batches_in_state, find_batches

LOOK_EVERY_SECONDS = 5.0

_log = logging.getLogger(__name__)


class BatchWorker:
    """One thread that settles what is uploaded; wake it when something is."""

    def __init__(self, parts: Parts, uploads: Uploads) -> None:
        self._parts = parts
        self._uploads = uploads
        self._wake = threading.Event()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)

    def start(self) -> None:
        """Sweep left-over folders, then begin with what an earlier process left unfinished."""
        self._sweep()
        self._thread.start()

    def wake(self) -> None:
        """Say that a batch was started."""
        self._wake.set()

    def stop(self) -> None:
        """Stop between two batches; what is unfinished goes on at the next start."""
        self._is_stopped = True
        self._wake.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._is_stopped:
            with self._parts.readers.reading() as connection:
                waiting = batches_in_state(connection, BatchState.RECORDING)
            for batch in waiting:
                if not self._is_stopped:
                    self._settle(batch)
            self._wake.wait(LOOK_EVERY_SECONDS)
            self._wake.clear()

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
        try:
            Import(self._parts, upload, institution_id=batch.institution_id, options=options).run(
                batch.id
            )
        except Refusal as refusal:
            _log.warning("batch %s was not settled: %s", batch.id, refusal.code)
            if refusal.code in {"busy", "unavailable"}:
                return
        except BankError:
            _log.exception("batch %s was not settled", batch.id)
        self._uploads.remove(batch.id)

    def _sweep(self) -> None:
        present = self._uploads.present()
        with self._parts.readers.reading() as connection:
            known = find_batches(connection, present)
        for batch_id in present:
            batch = known.get(batch_id)
            if batch is None or batch.state != BatchState.RECORDING:
                self._uploads.remove(batch_id)
