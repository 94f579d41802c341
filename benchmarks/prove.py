"""Rows 6 and 7: inclusion proofs in a log of a million leaves, and a single append."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from append_bulk import drafts
from big_log import BigLog, random_index
from measure import Row, Side, interleaved, rate, ratios, repeated

from creditbank.database import open_reading_engine, open_writing_engine
from ledger.append import append, lock_head
from ledger.checkpoint import Checkpoint, sign_note
from ledger.read import prove

PROOFS = 500
PEER_PROOFS = 6
APPENDS = 100
NODE_HASHES = 24
TILES = 3
_NODE_BYTES = 65


def measure(log: BigLog) -> Iterator[Row]:
    """Prove leaves picked at random, append one at a time."""
    engine = open_reading_engine(log.url)
    with engine.connect() as connection:
        ours = repeated(PROOFS, lambda: prove(connection, random_index(log.size), log.size))
        floor = repeated(PROOFS, _floor(log))
        peer = repeated(PEER_PROOFS, lambda: log.peer.prove_inclusion(random_index(log.size) + 1))
        mine, theirs = interleaved(ours, floor)
        yield Row(
            number="6",
            what=f"inclusion proof, random, {log.size:,} leaves; {NODE_HASHES} node hashes and "
            f"{TILES} rows read",
            engine="SQLite",
            ours=rate(mine, "proofs"),
            other=rate(theirs, "proofs"),
            ratio=ratios(mine, theirs),
            land=0.1,
            aim=0.3,
        )
        mine, theirs = interleaved(ours, peer)
        yield Row(
            number="7",
            what=f"inclusion proof, random, {log.size:,} leaves; pymerkle, same leaves",
            engine="SQLite",
            ours=rate(mine, "proofs"),
            other=rate(theirs, "proofs"),
            ratio=ratios(mine, theirs),
            land=50,
            aim=200,
        )
    engine.dispose()
    mine, theirs = interleaved(_appending(log), _peer_appending(log))
    yield Row(
        number="7",
        what="a single durable append, ours with its signed checkpoint; pymerkle",
        engine="SQLite",
        ours=rate(mine, "leaves"),
        other=rate(theirs, "leaves"),
        ratio=ratios(mine, theirs),
        land=1,
        aim=2,
    )


def _floor(log: BigLog) -> Callable[[], object]:
    """Give what a proof cannot do without: reading its three tiles, and 24 node hashes."""
    connection = sqlite3.connect(log.url.removeprefix("sqlite:///"))
    wanted = "SELECT data FROM ledger_tile WHERE level = ? AND number = ?"
    node = os.urandom(_NODE_BYTES)

    def act() -> None:
        index = random_index(log.size)
        for level in range(TILES):
            number = index >> 8 * (level + 1)
            connection.execute(wanted, (level, number)).fetchone()
        for _ in range(NODE_HASHES):
            sha256(node).digest()

    return act


def _appending(log: BigLog) -> Side:
    engine = open_writing_engine(log.url)

    def act() -> None:
        with engine.begin() as connection:
            head = lock_head(connection)
            one = drafts(1)
            appended = append(connection, head, one, origin=log.signer.name, now=datetime.now(UTC))
        tree = Checkpoint(origin=log.signer.name, size=appended.size, root=appended.root)
        sign_note(tree, log.signer)

    return repeated(APPENDS, act)


def _peer_appending(log: BigLog) -> Side:
    return repeated(APPENDS, lambda: log.peer.append_entry(os.urandom(300)))
