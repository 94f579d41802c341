"""Rebuilding the tree from its leaves, and comparing every tile and every claimed root with it.

Where leaves and tiles disagree, both trees are carried on until a claimed root says which one was
signed: the other one is the lie.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from ledger.errors import NotInLog
from ledger.findings import Findings
from ledger.merkle import HASH_BYTES, CompactRange
from ledger.sources import Source
from ledger.tiles import HEIGHT, TILE_BYTES, WIDTH, tile_count


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRoot:
    """A root that a signed checkpoint, or the head, claims for a size."""

    table: str
    size: int
    root: bytes


@dataclass(slots=True)
class _Tree:
    """A tree as far as it was read; `rows` hold the upper tiles that are not yet full."""

    range: CompactRange = field(default_factory=CompactRange)
    rows: defaultdict[int, bytearray] = field(default_factory=lambda: defaultdict(bytearray))

    def extend(self, hashes: list[bytes]) -> None:
        self.range, nodes = self.range.extended_with_nodes(hashes, every=HEIGHT)
        for level, node in nodes:
            self.rows[level] += node

    def copy(self) -> "_Tree":
        rows = {level: bytearray(row) for level, row in self.rows.items()}
        return _Tree(self.range, defaultdict(bytearray, rows))


class TreeAudit:
    """Takes leaf hashes in order; the trees it carries are its own."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self._source = source
        self._findings = findings
        self._trees = [_Tree()]
        self._suspects: list[int] = []

    @property
    def tree(self) -> CompactRange:
        """The tree over the leaves, or over the tiles where the leaves were found to lie."""
        return self._trees[0].range

    def extend(self, hashes: list[bytes], stored: list[bytes]) -> None:
        """Take further leaf hashes, and what the level-0 tile holds in their places."""
        if hashes != stored:
            first = self.tree.size
            pairs = enumerate(zip(hashes, stored, strict=True), first)
            self._suspects += [index for index, (mine, theirs) in pairs if mine != theirs]
            if len(self._trees) == 1:
                self._trees.append(self._trees[0].copy())
        for tree, row in zip(self._trees, (hashes, stored), strict=False):
            tree.extend(row)

    def compare(self, claimed: ClaimedRoot) -> None:
        """Compare a root claimed for the size that was reached."""
        roots = [tree.range.root for tree in self._trees]
        if claimed.root not in roots:
            self._findings.add(claimed.table, claimed.size, "its root is not that of the log")
        elif len(roots) > 1:
            true = roots.index(claimed.root)
            self._accuse(("tile", "leaf")[true])
            self._trees = [self._trees[true]]

    def compare_full_tiles(self) -> None:
        """Compare every upper tile that is full now."""
        full = [level for level, row in self._trees[0].rows.items() if len(row) == TILE_BYTES]
        for level in full:
            self._compare_tile(level)

    def finish(self) -> None:
        """Compare the upper tiles that are not full, and settle what no root decided."""
        for level, row in sorted(self._trees[0].rows.items()):
            if row:
                self._compare_tile(level)
        if self._suspects:
            self._accuse("leaf")

    def _accuse(self, table: str) -> None:
        for index in self._suspects:
            self._findings.add(table, index, "leaf and tile differ")
        self._suspects = []

    def _compare_tile(self, level: int) -> None:
        rows = [bytes(tree.rows[level]) for tree in self._trees]
        width = len(rows[0]) // HASH_BYTES
        number = (tile_count(level, self.tree.size) - 1) // WIDTH
        try:
            stored = self._source.tile(level, number, width)
        except NotInLog:
            stored = b""
        if stored not in rows:
            place = next(
                place for place in range(width + 1) if _hash(stored, place) != _hash(rows[0], place)
            )
            index = number * WIDTH + place
            problem = f"the hash at level {level} is not that of the tiles below"
            self._findings.add("tile", index, problem, position=index << HEIGHT * level)
        for tree in self._trees:
            del tree.rows[level]


def _hash(row: bytes, place: int) -> bytes:
    return row[HASH_BYTES * place : HASH_BYTES * (place + 1)]
