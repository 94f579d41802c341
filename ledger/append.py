"""Appending inside the caller's transaction: indexes, leaves, tiles and the head in one stroke.

The head row is the lock and the counter: whoever holds it gives the next indexes, so that order has
no gaps on any engine. Nothing is committed or signed here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlmodel import col

from ledger.errors import SpendRefused
from ledger.leaf import LeafDraft, encode_draft
from ledger.merkle import HASH_BYTES, inclusion_path, leaf_hash
from ledger.read import Head, read_head, tile_reader
from ledger.tables import HeadRow, LeafRow, LiveSpendRow, TileRow
from ledger.tiles import HEIGHT, WIDTH, grown, node_reader, tile_count

HEAD_ID = 1

TileKey = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What one append added; `tiles` suffice to prove each new leaf in the new tree."""

    first: int
    hashes: tuple[bytes, ...]
    head: Head
    tiles: Mapping[TileKey, bytes]

    @property
    def size(self) -> int:
        """The size of the new tree."""
        return self.head.size

    @property
    def root(self) -> bytes:
        """The root of the new tree."""
        return self.head.root

    def path(self, position: int) -> tuple[bytes, ...]:
        """Prove the leaf at this position of the append in the new tree."""
        node = node_reader(lambda level, number: self.tiles[level, number])
        return inclusion_path(self.first + position, self.size, node)


def create_head(connection: Connection) -> None:
    """Create the head of the empty tree, unless there is one."""
    if connection.scalar(select(col(HeadRow.id))) is None:
        empty = {"id": HEAD_ID, "size": 0, "edge": b"", "last_at": 0}
        connection.execute(insert(HeadRow), [empty])


def lock_head(connection: Connection) -> Head:
    """Lock the head against every other writer and read it anew.

    On PostgreSQL the row is locked; on SQLite the caller's `BEGIN IMMEDIATE` has locked the file.
    """
    return read_head(connection, lock=True)


def append(
    connection: Connection,
    head: Head,
    drafts: Sequence[LeafDraft],
    *,
    origin: str,
    now: datetime,
) -> Appended:
    """Append leaves in order under the locked head; raises `LeafRefused` or `SpendRefused`.

    Their time is `now` in whole seconds, never before the newest leaf's.
    """
    at = max(head.last_at, int(now.timestamp()))
    leaves = [encode_draft(draft, log=origin, at=at) for draft in drafts]
    hashes = list(map(leaf_hash, leaves))
    completed: dict[int, list[bytes]] = defaultdict(list)

    def keep(level: int, _position: int, digest: bytes) -> None:
        if level % HEIGHT == 0:
            completed[level // HEIGHT].append(digest)

    tree = head.tree.extended(hashes, keep)
    tiles = grown(head.size, hashes, completed, tile_reader(connection))
    _write_leaves(connection, head.size, drafts, leaves)
    _write_tiles(connection, head.size, tiles)
    _write_spends(connection, head.size, drafts)
    grown_head = Head(tree=tree, last_at=at)
    _write_head(connection, grown_head)
    return Appended(first=head.size, hashes=tuple(hashes), head=grown_head, tiles=tiles)


def _write_leaves(
    connection: Connection, first: int, drafts: Sequence[LeafDraft], leaves: Sequence[bytes]
) -> None:
    rows = [
        {"idx": first + place, "id": draft.id, "data": leaf}
        for place, (draft, leaf) in enumerate(zip(drafts, leaves, strict=True))
    ]
    connection.execute(insert(LeafRow), rows)


def _write_tiles(connection: Connection, old: int, tiles: Mapping[TileKey, bytes]) -> None:
    added, longer = [], []
    for (level, number), data in tiles.items():
        before = tile_count(level, old) - number * WIDTH
        if before <= 0:
            added.append({"level": level, "number": number, "data": data})
        elif len(data) > before * HASH_BYTES:
            longer.append({"at_level": level, "at_number": number, "data": data})
    if added:
        connection.execute(insert(TileRow), added)
    if longer:
        statement = update(TileRow).where(
            col(TileRow.level) == bindparam("at_level"),
            col(TileRow.number) == bindparam("at_number"),
        )
        connection.execute(statement, longer)


def _write_spends(connection: Connection, first: int, drafts: Sequence[LeafDraft]) -> None:
    for place, draft in enumerate(drafts):
        for value in draft.release:
            released = delete(LiveSpendRow).where(col(LiveSpendRow.value) == value)
            if connection.execute(released).rowcount != 1:
                raise SpendRefused(value)
        for value in draft.spend:
            live = select(col(LiveSpendRow.idx)).where(col(LiveSpendRow.value) == value)
            if connection.scalar(live) is not None:
                raise SpendRefused(value)
            connection.execute(insert(LiveSpendRow), [{"value": value, "idx": first + place}])


def _write_head(connection: Connection, head: Head) -> None:
    connection.execute(
        update(HeadRow)
        .where(col(HeadRow.id) == HEAD_ID)
        .values(size=head.size, edge=head.tree.to_bytes(), last_at=head.last_at)
    )
