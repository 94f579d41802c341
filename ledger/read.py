"""Reading the log from the database: head, leaves, tiles, proofs, notes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from ledger import merkle
from ledger.errors import ProofRefused
from ledger.merkle import HASH_BYTES, CompactRange
from ledger.tables import CheckpointRow, HeadRow, LeafRow, TileRow
from ledger.tiles import WIDTH, ReadTile, bundle, node_reader, width_at


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
    """Give the head; with `lock`, wait for every other writer first."""
    statement = select(col(HeadRow.size), col(HeadRow.edge), col(HeadRow.last_at))
    row = connection.execute(statement.with_for_update() if lock else statement).one()
    return Head(tree=CompactRange.from_bytes(row.size, row.edge), last_at=row.last_at)


def read_leaf(connection: Connection, index: int) -> bytes:
    """Give a leaf's bytes; raises `ProofRefused` when there is none."""
    leaf = connection.scalar(select(col(LeafRow.data)).where(col(LeafRow.idx) == index))
    if leaf is None:
        raise ProofRefused(f"there is no leaf {index}")
    return leaf


def read_leaves(connection: Connection, start: int, end: int) -> list[bytes]:
    """Give the bytes of the leaves `[start, end)`, as far as they exist."""
    statement = (
        select(col(LeafRow.data))
        .where(col(LeafRow.idx) >= start, col(LeafRow.idx) < end)
        .order_by(col(LeafRow.idx))
    )
    return list(connection.scalars(statement))


def leaf_hashes(connection: Connection, indexes: Sequence[int]) -> list[bytes]:
    """Give the hashes of these leaves, from the lowest tiles."""
    node = node_reader(tile_reader(connection))
    return [node(0, index) for index in indexes]


def tile_reader(connection: Connection) -> ReadTile:
    """Give the reader of whole stored tiles; a tile that is not there reads as empty."""

    def read(level: int, number: int) -> bytes:
        return read_tile(connection, level, number, WIDTH) or b""

    return read


def read_tile(connection: Connection, level: int, number: int, width: int) -> bytes | None:
    """Give the first `width` hashes of a tile, as many as there are; None when there is no tile."""
    data = connection.scalar(
        select(func.substr(col(TileRow.data), 1, HASH_BYTES * width)).where(
            col(TileRow.level) == level, col(TileRow.number) == number
        )
    )
    return None if data is None else bytes(data)


def read_bundle(connection: Connection, number: int, width: int) -> bytes:
    """Give an entry bundle of `width` leaves (tlog-tiles)."""
    start = number * WIDTH
    return bundle(read_leaves(connection, start, start + width))


def published_width(connection: Connection, level: int, number: int) -> int:
    """Give how much of a tile the newest published checkpoint covers."""
    newest = newest_checkpoint(connection)
    return 0 if newest is None else width_at(level, number, newest.size)


def prove(connection: Connection, index: int, size: int) -> tuple[bytes, ...]:
    """Prove leaf `index` in the tree of `size` leaves; raises `ProofRefused`."""
    return merkle.inclusion_path(index, size, node_reader(tile_reader(connection)))


def prove_growth(connection: Connection, old: int, new: int) -> tuple[bytes, ...]:
    """Prove that the tree of `new` leaves extends that of `old`; raises `ProofRefused`."""
    return merkle.consistency_path(old, new, node_reader(tile_reader(connection)))


def newest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """Give the largest published checkpoint."""
    row = connection.execute(
        select(col(CheckpointRow.size), col(CheckpointRow.root), col(CheckpointRow.note))
        .order_by(col(CheckpointRow.size).desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else StoredCheckpoint(size=row.size, root=row.root, note=row.note)
