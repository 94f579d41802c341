"""Row 1: append in bulk, a thousand leaves a commit, against the same rows by the driver alone."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from banks import Engine, Founded
from measure import Row, interleaved, rate, ratios
from raw import Raw, Rows, raw

from creditbank.bank import LogSigner
from creditbank.database import open_writing_engine
from ledger.append import Appended, append, lock_head
from ledger.checkpoint import Checkpoint, sign_note
from ledger.leaf import LeafDraft, new_id
from ledger.tiles import TileKey

BATCH = 1_000
BATCHES = 10
PLAIN = "plain_leaf"


def drafts(count: int) -> list[LeafDraft]:
    """Make drafts of outcomes."""
    return [
        LeafDraft(
            t="outcome",
            id=new_id(datetime.now(UTC), os.urandom),
            iss="institution-of-the-benchmark",
            acct=os.urandom(32),
            stmt=os.urandom(32),
        )
        for _ in range(count)
    ]


class Ours:
    """The bank's own way: lock, append, commit, sign."""

    def __init__(self, founded: Founded, signer: LogSigner) -> None:
        self._engine = open_writing_engine(founded.settings.bank_database)
        self._signer = signer
        self._tiles: dict[TileKey, bytes] = {}
        self.written: list[tuple[Rows, Rows, tuple[object, ...]]] = []

    def run(self) -> float:
        """Append; the rows that were written are kept for the other side."""
        batches = [drafts(BATCH) for _ in range(BATCHES)]
        start = time.perf_counter()
        appended = [self.append(batch) for batch in batches]
        taken = time.perf_counter() - start
        self.written = [
            self._rows(batch, one) for batch, one in zip(batches, appended, strict=True)
        ]
        return BATCH * BATCHES / taken

    def append(self, batch: list[LeafDraft]) -> Appended:
        """Append one batch durably and sign its checkpoint."""
        origin = self._signer.name
        with self._engine.begin() as connection:
            head = lock_head(connection)
            appended = append(connection, head, batch, origin=origin, now=datetime.now(UTC))
        sign_note(Checkpoint(origin=origin, size=appended.size, root=appended.root), self._signer)
        return appended

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()

    def _rows(
        self, batch: list[LeafDraft], appended: Appended
    ) -> tuple[Rows, Rows, tuple[object, ...]]:
        leaves = [
            (index, draft.id, leaf)
            for index, (draft, leaf) in enumerate(
                zip(batch, appended.leaves, strict=True), appended.first
            )
        ]
        tiles = [
            (*key, data) for key, data in appended.tiles.items() if self._tiles.get(key) != data
        ]
        self._tiles = dict(appended.tiles)
        head = appended.head
        return leaves, tiles, (head.size, head.tree.to_bytes(), head.last_at)


def measure(engine: Engine, founded: Founded, signer: LogSigner) -> Iterator[Row]:
    """Append the same leaves both ways into two copies of one bank."""
    ours = Ours(Founded(engine.copy(founded.settings, "append"), "", ""), signer)
    other, keys = raw(engine.copy(founded.settings, "append_raw"))
    other.execute(f"CREATE TABLE {PLAIN} (idx bigint, id {_bytes(engine)}, data {_bytes(engine)})")
    plain: list[float] = []

    def run_raw() -> float:
        plain.append(_timed_plain(other, ours.written))
        return _timed_raw(other, ours.written)

    ours.run()
    run_raw()
    plain.clear()
    mine, theirs = interleaved(ours.run, run_raw)
    yield Row(
        number="1",
        what="append in bulk, 1,000 leaves a commit; same rows raw, with indexes and triggers",
        engine=engine.name,
        ours=rate(mine, "leaves"),
        other=rate(theirs, "leaves"),
        ratio=ratios(mine, theirs),
        land=0.4,
        aim=0.75,
    )
    yield Row(
        number="1",
        what="the same; leaves alone raw, into a table without index or trigger",
        engine=engine.name,
        ours=rate(mine, "leaves"),
        other=rate(plain, "leaves"),
        ratio=ratios(mine, plain),
    )
    for connection in (ours, other, keys):
        connection.close()


def _timed_raw(other: Raw, written: list[tuple[Rows, Rows, tuple[object, ...]]]) -> float:
    start = time.perf_counter()
    for leaves, tiles, head in written:
        other.append(leaves, tiles, head)
    return BATCH * BATCHES / (time.perf_counter() - start)


def _timed_plain(other: Raw, written: list[tuple[Rows, Rows, tuple[object, ...]]]) -> float:
    start = time.perf_counter()
    for leaves, _, _ in written:
        other.write({PLAIN: leaves})
    return BATCH * BATCHES / (time.perf_counter() - start)


def _bytes(engine: Engine) -> str:
    return "bytea" if engine.name == "PostgreSQL" else "blob"
