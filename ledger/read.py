"""Reading the log from the database: head, leaves, tiles, proofs, notes."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    LargeBinary,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlmodel import col

from ledger import merkle
from ledger.errors import NotInLog
from ledger.leaf import decode
from ledger.merkle import HASH_BYTES, CompactRange
from ledger.tables import CheckpointRow, HeadRow, LeafRow, TileRow
from ledger.tiles import WIDTH, ReadTile, TileKey, bundle, node_reader, path_tiles, width_at

_CHECKPOINTS_A_READ = 1_000
_TILES_A_READ = 16

# Statements that are asked again and again are built once: building costs more than running them.
_HEAD = select(col(HeadRow.size), col(HeadRow.edge), col(HeadRow.last_at))
_LOCKED_HEAD = _HEAD.with_for_update()
_LEAF = select(col(LeafRow.data)).where(col(LeafRow.idx) == bindparam("index"))
_LEAVES_AT = select(col(LeafRow.idx), col(LeafRow.data)).where(
    col(LeafRow.idx).in_(bindparam("indexes", expanding=True))
)
_LEAVES_WITH_INDEXES = (
    select(col(LeafRow.idx), col(LeafRow.data))
    .where(col(LeafRow.idx) >= bindparam("start"), col(LeafRow.idx) < bindparam("end"))
    .order_by(col(LeafRow.idx))
)
_LEAVES = _LEAVES_WITH_INDEXES.with_only_columns(col(LeafRow.data))
# The cast is for tampered rows: SQLite keeps text in any column, and would cut characters.
_TILE = select(func.substr(cast(col(TileRow.data), LargeBinary), 1, bindparam("length"))).where(
    col(TileRow.level) == bindparam("level"), col(TileRow.number) == bindparam("number")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The committed tree, and the time of its newest leaf in whole seconds since 1970."""

    tree: CompactRange
    last_at: int

    @property
    def size(self) -> int:
        """How many leaves there are: the next leaf's index."""
        return self.tree.size

    @property
    def edge(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, the largest first."""
        return self.tree.edge

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return self.tree.root


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A published checkpoint."""

    size: int
    root: bytes
    note: str


def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """Give the head; with `lock`, wait for every other writer first. Raises `NotInLog`."""
    row = connection.execute(_LOCKED_HEAD if lock else _HEAD).one_or_none()
    if row is None:
        raise NotInLog("the ledger has no head yet")
    return Head(tree=CompactRange.from_bytes(row.size, bytes(row.edge)), last_at=row.last_at)


def read_leaf(connection: Connection, index: int) -> bytes:
    """Give a leaf's bytes; raises `NotInLog`."""
    leaf = connection.scalar(_LEAF, {"index": index})
    if leaf is None:
        raise NotInLog(f"there is no leaf {index}")
    return bytes(leaf)


def read_leaves_at(connection: Connection, indexes: Sequence[int]) -> dict[int, bytes]:
    """Give the bytes of each of these leaves, at most a thousand; raises `NotInLog`."""
    leaves = find_leaves(connection, indexes)
    missing = next((index for index in indexes if index not in leaves), None)
    if missing is not None:
        raise NotInLog(f"there is no leaf {missing}")
    return leaves


def find_leaves(connection: Connection, indexes: Sequence[int]) -> dict[int, bytes]:
    """Give the bytes of those of these leaves that exist, at most a thousand."""
    rows = connection.execute(_LEAVES_AT, {"indexes": indexes})
    return {row.idx: bytes(row.data) for row in rows}


def read_leaves(connection: Connection, start: int, end: int) -> list[bytes]:
    """Give the bytes of the leaves `[start, end)`, as far as they exist."""
    return list(map(bytes, connection.scalars(_LEAVES, {"start": start, "end": end}).all()))


def read_leaves_with_indexes(
    connection: Connection, start: int, end: int
) -> list[tuple[int, bytes]]:
    """Give those of the leaves `[start, end)` that exist, each with its index."""
    rows = connection.execute(_LEAVES_WITH_INDEXES, {"start": start, "end": end})
    return [(row.idx, bytes(row.data)) for row in rows]


def read_leaf_hashes(connection: Connection, indexes: Sequence[int]) -> list[bytes]:
    """Give the hashes of these leaves, from the lowest tiles, each tile read once."""
    node = node_reader(_tile_reader(connection))
    return [node(0, index) for index in indexes]


def leaf_count(connection: Connection) -> int:
    """Give how many leaves are stored, whatever the head says."""
    newest = connection.scalar(select(func.max(col(LeafRow.idx))))
    return 0 if newest is None else newest + 1


def first_leaf_at(connection: Connection, at: int) -> int:
    """Give the index of the first leaf of this time or later, in seconds since 1970.

    It is the number of leaves where all are earlier. The time of leaves never falls.
    """
    indexes = range(leaf_count(connection))
    return bisect_left(indexes, at, key=lambda index: _time_of(read_leaf(connection, index)))


def _time_of(leaf: bytes) -> int:
    return int(str(decode(leaf)["at"]))


def read_tile(connection: Connection, level: int, number: int, width: int) -> bytes | None:
    """Give the first `width` hashes of a tile, as many as there are; None when there is no tile."""
    wanted = {"length": HASH_BYTES * width, "level": level, "number": number}
    data = connection.scalar(_TILE, wanted)
    return None if data is None else bytes(data)


def read_tiles(connection: Connection, keys: Iterable[TileKey]) -> dict[TileKey, bytes]:
    """Give those of these tiles that exist, each whole."""
    tiles: dict[TileKey, bytes] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), _TILES_A_READ):
        chunk = wanted[start : start + _TILES_A_READ]
        values = {
            f"{name}{place}": value
            for place, key in enumerate(chunk)
            for name, value in zip(("level", "number"), key, strict=True)
        }
        rows = connection.execute(_tiles_named(len(chunk)), values)
        tiles.update({(row.level, row.number): bytes(row.data) for row in rows})
    return tiles


def read_bundle(connection: Connection, number: int, width: int) -> bytes:
    """Give an entry bundle of `width` leaves, as far as they exist (tlog-tiles)."""
    start = number * WIDTH
    return bundle(read_leaves(connection, start, start + width))


def published_width(connection: Connection, level: int, number: int) -> int:
    """Give how much of a tile the newest published checkpoint covers."""
    newest = newest_checkpoint(connection)
    return 0 if newest is None else width_at(level, number, newest.size)


def prove(connection: Connection, index: int, size: int) -> tuple[bytes, ...]:
    """Prove leaf `index` in the tree of `size` leaves; raises `ProofRefused`."""
    return prove_each(connection, [index], size)[0]


def prove_each(
    connection: Connection, indexes: Sequence[int], size: int
) -> list[tuple[bytes, ...]]:
    """Prove leaves in the tree of `size` leaves, each tile read once; raises `ProofRefused`."""
    wanted = {key: None for index in indexes for key in path_tiles(index, size)}
    tiles = read_tiles(connection, wanted)
    node = node_reader(lambda level, number: tiles.get((level, number), b""))
    return [merkle.inclusion_path(index, size, node) for index in indexes]


def prove_growth(connection: Connection, old: int, new: int) -> tuple[bytes, ...]:
    """Prove that the tree of `new` leaves extends that of `old`; raises `ProofRefused`."""
    return merkle.consistency_path(old, new, node_reader(_tile_reader(connection)))


def newest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """Give the largest published checkpoint."""
    newest = select(func.max(col(CheckpointRow.size))).scalar_subquery()
    found = _checkpoints(connection, col(CheckpointRow.size) == newest)
    return found[0] if found else None


def read_checkpoints(connection: Connection) -> Iterator[StoredCheckpoint]:
    """Give every published checkpoint by rising size, a thousand at a time."""
    after = -1
    while found := _checkpoints(connection, col(CheckpointRow.size) > after):
        yield from found
        after = found[-1].size


def _checkpoints(connection: Connection, condition: ColumnElement[bool]) -> list[StoredCheckpoint]:
    rows = connection.execute(
        select(col(CheckpointRow.size), col(CheckpointRow.root), col(CheckpointRow.note))
        .where(condition)
        .order_by(col(CheckpointRow.size))
        .limit(_CHECKPOINTS_A_READ)
    )
    return [StoredCheckpoint(size=row.size, root=bytes(row.root), note=row.note) for row in rows]


@lru_cache(maxsize=_TILES_A_READ)
def _tiles_named(count: int) -> Executable:
    """Select tiles by key with OR, which uses the index on both engines; a list of pairs does not.

    SQLite reads the whole table for `(level, number) IN (…)`.
    """
    named = [
        and_(
            col(TileRow.level) == bindparam(f"level{place}"),
            col(TileRow.number) == bindparam(f"number{place}"),
        )
        for place in range(count)
    ]
    return select(col(TileRow.level), col(TileRow.number), col(TileRow.data)).where(or_(*named))


def _tile_reader(connection: Connection) -> ReadTile:
    def read(level: int, number: int) -> bytes:
        return read_tile(connection, level, number, WIDTH) or b""

    return read
