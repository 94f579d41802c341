"""What is done once an hour: erasures that are due, files that no row names, days at venues.

Deliveries of webhooks are forgotten after their time, too.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from creditbank.closures.erase import Parts, erase_due
from creditbank.closures.retention import read_retention
from creditbank.evidence.sweep import sweep_evidence
from creditbank.installation.found import Installation
from creditbank.outcomes.move_evidence import sweep_moved
from creditbank.settings import Settings
from creditbank.venues.settle import settle_days
from creditbank.webhooks.deliver import ForgetOld

EVERY = timedelta(hours=1)

_log = logging.getLogger(__name__)


class HourlyParts(Parts, Protocol):
    """What the hourly jobs work with; a bank has them all."""

    @property
    def settings(self) -> Settings:
        """How the bank is set up."""
        ...

    @property
    def installation(self) -> Installation:
        """The bank's names."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present moment."""
        ...


class HourlyJobs:
    """One thread beside the batches' worker; its first look is at its start."""

    def __init__(self, parts: HourlyParts) -> None:
        self._parts = parts
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="hourly", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop between two looks."""
        self._is_over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._is_over.is_set():
            for job in (self._erase, self._sweep, self._settle, self._forget):
                try:
                    job()
                except Exception:  # noqa: BLE001 - the thread must live on
                    # A database or the folder may be away; the next hour tries again.
                    _log.exception("an hourly job failed")
            self._is_over.wait(EVERY.total_seconds())

    def _erase(self) -> None:
        retention = read_retention(self._parts.settings.retention_file)
        bank_id = self._parts.installation.institution_id
        erase_due(self._parts, bank_id, self._parts.clock(), retention)

    def _sweep(self) -> None:
        sweep_evidence(self._parts.readers, self._parts.evidence, self._parts.clock())
        sweep_moved(self._parts.readers, self._parts.evidence)

    def _settle(self) -> None:
        settle_days(self._parts, self._parts.clock())

    def _forget(self) -> None:
        self._parts.writer.write(ForgetOld())
