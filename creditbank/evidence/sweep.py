"""Sweep files that no row names: a crash came between the file and its row."""

from datetime import datetime, timedelta

from creditbank.database import Readers, chunks
from creditbank.evidence.queries import find_evidence
from creditbank.evidence.store import EvidenceStore

WAIT = timedelta(hours=1)
"""How long a file may wait for its row; a transaction takes seconds."""


def sweep_evidence(readers: Readers, store: EvidenceStore, now: datetime) -> int:
    """Delete the left-over files; gives how many there were."""
    swept = 0
    for ids in chunks(list(store.put_before(now - WAIT))):
        with readers.reading() as connection:
            named = find_evidence(connection, ids)
        for file_id in set(ids) - named.keys():
            store.delete(file_id)
            swept += 1
    return swept
