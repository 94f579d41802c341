"""One log of a million leaves on SQLite, beside the same leaves in pymerkle's tree."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from append_bulk import drafts
from banks import Founded
from pymerkle import SqliteTree

from creditbank.bank import LogSigner
from creditbank.database import open_writing_engine
from ledger.append import append, lock_head
from ledger.checkpoint import Checkpoint, sign_note, verifier_key
from ledger.publish import store_checkpoint

LEAVES = 1_000_000
AUDITED = 200_000
_CHUNK = 10_000


@dataclass(frozen=True)
class BigLog:
    """The log, its size, the key that it is audited by, and the peer's tree."""

    url: str
    size: int
    signer: LogSigner
    peer: SqliteTree

    @property
    def verifier_keys(self) -> tuple[str, ...]:
        """The log's verifier keys."""
        return (verifier_key(self.signer.name, self.signer.public),)


def build(founded: Founded, signer: LogSigner, folder: Path) -> BigLog:
    """Append a million leaves to both; the log's only new checkpoint is at the audited size."""
    url = founded.settings.bank_database
    engine = open_writing_engine(url)
    peer = SqliteTree(str(folder / "pymerkle.db"))
    size = 0
    while size < LEAVES:
        with engine.begin() as connection:
            head = lock_head(connection)
            more = drafts(min(_CHUNK, LEAVES - head.size))
            appended = append(connection, head, more, origin=signer.name, now=datetime.now(UTC))
            size = appended.size
            if head.size < AUDITED <= size:
                tree = Checkpoint(origin=signer.name, size=size, root=appended.root)
                store_checkpoint(connection, size, tree.root, sign_note(tree, signer))
        peer.append_entries(appended.leaves)
    engine.dispose()
    return BigLog(url, size, signer, peer)


def random_index(below: int) -> int:
    """Give any leaf's index."""
    return int.from_bytes(os.urandom(8), "big") % below
