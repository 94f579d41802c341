"""Appending inside the caller's transaction: indexes, leaves, tiles and the head in one stroke.

The head row is the lock and the counter: whoever holds it gives the next indexes, so that order has
no gaps on any engine. Nothing is committed or signed here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, Executable, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from ledger.errors import LeafRefused
from ledger.leaf import LeafDraft, encode_draft
from ledger.merkle import Node, inclusion_path, leaf_hash
from ledger.read import Head, read_head, read_tiles
from ledger.rows import insert_rows
from ledger.spends import settle_spends
from ledger.tables import HeadRow, TileRow
from ledger.tiles import HEIGHT, TileKey, edge_tiles, grown, node_reader

HEAD_ID = 1

_MOVE_HEAD = (
    update(HeadRow)
    .where(col(HeadRow.id) == HEAD_ID)
    .values(size=bindparam("new_size"), edge=bindparam("new_edge"), last_at=bindparam("new_at"))
)


def _growing(added: postgresql.Insert | sqlite.Insert) -> Executable:
    data = {"data": added.excluded.data}
    return added.on_conflict_do_update(index_elements=["level", "number"], set_=data)


_GROW_TILES = {
    "postgresql": _growing(postgresql.insert(TileRow)),
    "sqlite": _growing(sqlite.insert(TileRow)),
}


@dataclass(frozen=True, kw_only=True)
class Appended:
    """What one append added; `tiles` suffice to prove each new leaf in the new tree."""

    first: int
    leaves: tuple[bytes, ...] = field(repr=False)
    hashes: tuple[bytes, ...] = field(repr=False)
    head: Head
    tiles: Mapping[TileKey, bytes] = field(repr=False)

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
        return inclusion_path(self.first + position, self.size, self._node)

    @cached_property
    def _node(self) -> Node:
        return node_reader(lambda level, number: self.tiles[level, number])


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

    Their time is `now` in whole seconds, never before the newest leaf's. The head that is given
    back serves for a further append in the same transaction.
    """
    at = max(head.last_at, int(now.timestamp()))
    leaves = [encode_draft(draft, log=origin, at=at) for draft in drafts]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    tree, nodes = head.tree.extended_with_nodes(hashes, every=HEIGHT)
    added: dict[int, list[bytes]] = defaultdict(list)
    if hashes:
        added[0] = hashes
    for level, node in nodes:
        added[level].append(node)
    edge = read_tiles(connection, edge_tiles(head.size))
    tiles = grown(head.size, edge, added)
    _require_earlier_refs(drafts, head.size)
    _write_leaves(connection, head.size, drafts, leaves)
    _write_tiles(connection, {key: data for key, data in tiles.items() if data != edge.get(key)})
    settle_spends(connection, head.size, drafts)
    new_head = Head(tree=tree, last_at=at if drafts else head.last_at)
    _write_head(connection, new_head)
    return Appended(
        first=head.size, leaves=tuple(leaves), hashes=tuple(hashes), head=new_head, tiles=tiles
    )


def _require_earlier_refs(drafts: Sequence[LeafDraft], first: int) -> None:
    for index, draft in enumerate(drafts, first):
        if draft.ref is not None and draft.ref >= index:
            raise LeafRefused(f"leaf {index} refers to {draft.ref}, which is not before it")


def _write_leaves(
    connection: Connection, first: int, drafts: Sequence[LeafDraft], leaves: Sequence[bytes]
) -> None:
    rows: list[tuple[object, ...]] = [
        (index, draft.id, leaf)
        for index, (draft, leaf) in enumerate(zip(drafts, leaves, strict=True), first)
    ]
    if rows:
        columns, types = ("idx", "id", "data"), ("int8", "bytea", "bytea")
        insert_rows(connection, "ledger_leaf", columns, types, rows)


def _write_tiles(connection: Connection, tiles: Mapping[TileKey, bytes]) -> None:
    rows = [
        {"level": level, "number": number, "data": data} for (level, number), data in tiles.items()
    ]
    if rows:
        connection.execute(_GROW_TILES[connection.dialect.name], rows)


def _write_head(connection: Connection, head: Head) -> None:
    moved = {"new_size": head.size, "new_edge": head.tree.to_bytes(), "new_at": head.last_at}
    connection.execute(_MOVE_HEAD, moved)
