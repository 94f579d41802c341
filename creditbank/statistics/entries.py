"""How many entries of which kind the ledger has, up to its newest checkpoint: public, recomputable.

An entry never changes, so that a running bank counts each one once and then only goes on.
"""

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection

from creditbank.conversion.days import CIVIL_TIME
from ledger.read import StoredCheckpoint, newest_checkpoint
from ledger.sources import DatabaseSource
from ledger.tally import Tally, count_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEntries:
    """What was counted so far of what a published checkpoint covers; months are civil ones."""

    checkpoint: StoredCheckpoint
    tally: Tally

    @property
    def is_whole(self) -> bool:
        """Whether every entry below the checkpoint was counted."""
        return self.tally.tree.size == self.checkpoint.size

    @property
    def agrees(self) -> bool:
        """Whether what was counted are exactly the entries that the checkpoint signs."""
        return self.is_whole and self.tally.tree.root == self.checkpoint.root


class EntryCounts:
    """The counts of a running bank; each call goes on by a bounded number of entries."""

    STEP = 50_000

    def __init__(self) -> None:
        self._tally = Tally()
        self._lock = Lock()

    def counted(self, connection: Connection) -> CountedEntries | None:
        """Count on towards the newest checkpoint; None before the first one."""
        with self._lock:
            newest = newest_checkpoint(connection)
            if newest is None:
                return None
            end = min(newest.size, self._tally.tree.size + self.STEP)
            source = DatabaseSource(connection)
            self._tally = count_entries(source, end, CIVIL_TIME, self._tally)
            return CountedEntries(checkpoint=newest, tally=self._tally)
