"""Reading the log from the database: head, leaves, tiles, proofs, notes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, LargeBinary, cast, func, select
from sqlmodel import col

from ledger import merkle
from ledger.errors import NotInLog
from ledger.merkle import HASH_BYTES, CompactRange
from ledger.tables import CheckpointRow, HeadRow, LeafRow, TileRow
from ledger.tiles import WIDTH, ReadTile, bundle, node_reader, width_at

_CHECKPOINTS_A_READ = 1_000


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
    statement = select(col(HeadRow.size), col(HeadRow.edge), col(HeadRow.last_at))
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotInLog("the ledger has no head yet")
    return Head(tree=CompactRange.from_bytes(row.size, bytes(row.edge)), last_at=row.last_at)


def read_leaf(connection: Connection, index: int) -> bytes:
    """Give a leaf's bytes; raises `NotInLog`."""
    leaf = connection.scalar(select(col(LeafRow.data)).where(col(LeafRow.idx) == index))
    if leaf is None:
        raise NotInLog(f"there is no leaf {index}")
    return bytes(leaf)


def read_leaves(connection: Connection, start: int, end: int) -> list[bytes]:
    """Give the bytes of the leaves `[start, end)`, as far as they exist."""
    statement = (
        select(col(LeafRow.data))
        .where(col(LeafRow.idx) >= start, col(LeafRow.idx) < end)
        .order_by(col(LeafRow.idx))
    )
    return list(map(bytes, connection.scalars(statement)))


def read_leaves_with_indexes(
    connection: Connection, start: int, end: int
) -> list[tuple[int, bytes]]:
    """Give those of the leaves `[start, end)` that exist, each with its index."""
    rows = connection.execute(
        select(col(LeafRow.idx), col(LeafRow.data))
        .where(col(LeafRow.idx) >= start, col(LeafRow.idx) < end)
        .order_by(col(LeafRow.idx))
    )
    return [(row.idx, bytes(row.data)) for row in rows]


def read_leaf_hashes(connection: Connection, indexes: Sequence[int]) -> list[bytes]:
    """Give the hashes of these leaves, from the lowest tiles, each tile read once."""
    node = node_reader(_tile_reader(connection))
    return [node(0, index) for index in indexes]


def leaf_count(connection: Connection) -> int:
    """Give how many leaves are stored, whatever the head says."""
    newest = connection.scalar(select(func.max(col(LeafRow.idx))))
    return 0 if newest is None else newest + 1


def read_tile(connection: Connection, level: int, number: int, width: int) -> bytes | None:
    """Give the first `width` hashes of a tile, as many as there are; None when there is no tile."""
    # The cast is for tampered rows: SQLite keeps text in any column, and would cut characters.
    content = cast(col(TileRow.data), LargeBinary)
    data = connection.scalar(
        select(func.substr(content, 1, HASH_BYTES * width)).where(
            col(TileRow.level) == level, col(TileRow.number) == number
        )
    )
    return None if data is None else bytes(data)


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
    """Prove each of these leaves in the tree of `size` leaves, each tile read once."""
    node = node_reader(_tile_reader(connection))
    return [merkle.inclusion_path(index, size, node) for index in indexes]


def prove_growth(connection: Connection, old: int, new: int) -> tuple[bytes, ...]:
    """Prove that the tree of `new` leaves extends that of `old`; raises `ProofRefused`."""
    return merkle.consistency_path(old, new, node_reader(_tile_reader(connection)))


def read_root(connection: Connection, size: int) -> bytes:
    """Give the root over the first `size` leaves; raises `ProofRefused`."""
    return merkle.root_at(size, node_reader(_tile_reader(connection)))


def newest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """Give the largest published checkpoint."""
    newest = select(func.max(col(CheckpointRow.size))).scalar_subquery()
    found = _checkpoints(connection, col(CheckpointRow.size) == newest)
    return found[0] if found else None


def find_checkpoint(connection: Connection, size: int) -> StoredCheckpoint | None:
    """Give the published checkpoint of exactly this size."""
    found = _checkpoints(connection, col(CheckpointRow.size) == size)
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


def _tile_reader(connection: Connection) -> ReadTile:
    def read(level: int, number: int) -> bytes:
        return read_tile(connection, level, number, WIDTH) or b""

    return read
