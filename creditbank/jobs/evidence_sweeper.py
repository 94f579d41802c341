"""Sweeps the files of evidence that no row names, at start and once an hour."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from creditbank.database import Readers
from creditbank.evidence.store import EvidenceStore
from creditbank.evidence.sweep import WAIT, sweep_evidence

_log = logging.getLogger(__name__)


class EvidenceSweeper:
    """One thread beside the batches' worker."""

    def __init__(
        self, readers: Readers, store: EvidenceStore, clock: Callable[[], datetime]
    ) -> None:
        self._readers = readers
        self._store = store
        self._clock = clock
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="evidence", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop between two looks."""
        self._is_over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._is_over.is_set():
            try:
                sweep_evidence(self._readers, self._store, self._clock())
            except Exception:  # noqa: BLE001 - the thread must live on
                # Database or folder may be away; the next hour tries again.
                _log.exception("left-over evidence could not be swept")
            self._is_over.wait(WAIT.total_seconds())
