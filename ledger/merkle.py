"""The Merkle tree of RFC 6962: hashes, roots, inclusion and consistency proofs. Pure.

A complete subtree is named by level and position: level 0 are leaf hashes, and node (l, n) covers
the leaves [n·2^l, (n+1)·2^l). Proof makers take a function that gives the hash of such a node.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from ledger.errors import ProofRefused

HASH_BYTES = 32
LEVELS_MAX = 64
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """Give the Merkle tree hash over leaf hashes; one function serves log and manifest."""
    return CompactRange().extended(hashes).root


@dataclass(frozen=True, slots=True)
class CompactRange:
    """A tree of `size` leaves as the roots of its complete subtrees, the largest first."""

    size: int = 0
    edge: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The Merkle tree hash; SHA-256 of nothing for the empty tree."""
        return _fold(self.edge)

    def extended(self, hashes: Iterable[bytes]) -> Self:
        """Append leaf hashes."""
        return self.extended_with_nodes(hashes, every=LEVELS_MAX)[0]

    def extended_with_nodes(
        self, hashes: Iterable[bytes], *, every: int
    ) -> tuple[Self, list[tuple[int, bytes]]]:
        """Append leaf hashes; give also the inner nodes that complete on each `every`th level.

        They come in order, each as (level / every, hash).
        """
        edge, size = list(self.edge), self.size
        nodes: list[tuple[int, bytes]] = []
        for digest in hashes:
            node, level, position = digest, 0, size
            while position & 1:
                node = sha256(b"\x01" + edge.pop() + node).digest()
                position >>= 1
                level += 1
                if not level % every:
                    nodes.append((level // every, node))
            edge.append(node)
            size += 1
        return type(self)(size, tuple(edge)), nodes

    def to_bytes(self) -> bytes:
        """Give the stored form: the hashes one after the other."""
        return b"".join(self.edge)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Self:
        """Read the stored form; raises `ProofRefused` unless it fits the size."""
        if len(data) != HASH_BYTES * size.bit_count():
            raise ProofRefused("the compact range does not fit its size")
        starts = range(0, len(data), HASH_BYTES)
        return cls(size, tuple(data[start : start + HASH_BYTES] for start in starts))


def inclusion_path(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """Prove that leaf `index` is in the tree of `size` leaves (RFC 6962, section 2.1.1)."""
    if not 0 <= index < size:
        raise ProofRefused(f"there is no leaf {index} in a tree of {size}")
    return tuple(_path(index, 0, size, node))


def consistency_path(old: int, new: int, node: Node) -> tuple[bytes, ...]:
    """Prove that the tree of `new` leaves only adds to that of `old` (RFC 6962, section 2.1.2)."""
    if not 0 < old <= new:
        raise ProofRefused(f"a tree of {new} leaves cannot extend one of {old}")
    return tuple(_subproof(old, 0, new, node, is_known=True)) if old < new else ()


def root_at(size: int, node: Node) -> bytes:
    """Give the root over the first `size` leaves of a log that has at least as many."""
    return _range_root(0, size, node)


def verify_inclusion(
    digest: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check an inclusion proof (RFC 9162, section 2.1.3.2); raises `ProofRefused`."""
    if not 0 <= index < size:
        raise ProofRefused(f"there is no leaf {index} in a tree of {size}")
    node, position, last = digest, index, size - 1
    for sibling in path:
        if last == 0:
            raise ProofRefused("the path is too long")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or node != root:
        raise ProofRefused("the path does not lead to the root")


def verify_consistency(
    *, old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check a consistency proof (RFC 9162, section 2.1.4.2); raises `ProofRefused`."""
    if not 0 < old <= new:
        raise ProofRefused(f"a tree of {new} leaves cannot extend one of {old}")
    if old == new:
        if path or old_root != new_root:
            raise ProofRefused("equal sizes have equal roots and an empty path")
        return
    hashes = list(path)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    _walk_consistency(old, new, hashes, old_root, new_root)


def _walk_consistency(
    old: int, new: int, hashes: list[bytes], old_root: bytes, new_root: bytes
) -> None:
    if not hashes:
        raise ProofRefused("the path is too short")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_node = new_node = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofRefused("the path is too long")
        if position & 1 or position == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or old_node != old_root or new_node != new_root:
        raise ProofRefused("the path does not join the two roots")


def _path(index: int, start: int, end: int, node: Node) -> Iterator[bytes]:
    """Walk RFC 6962's PATH over the leaves [start, end), siblings from the leaf upwards."""
    if end - start == 1:
        return
    middle = start + _split(end - start)
    if index < middle:
        yield from _path(index, start, middle, node)
        yield _range_root(middle, end, node)
    else:
        yield from _path(index, middle, end, node)
        yield _range_root(start, middle, node)


def _subproof(old: int, start: int, end: int, node: Node, *, is_known: bool) -> Iterator[bytes]:
    """Walk RFC 6962's SUBPROOF; `old` counts leaves from the log's first one."""
    if old == end:
        if not is_known:
            yield _range_root(start, end, node)
        return
    middle = start + _split(end - start)
    if old <= middle:
        yield from _subproof(old, start, middle, node, is_known=is_known)
        yield _range_root(middle, end, node)
    else:
        yield from _subproof(old, middle, end, node, is_known=False)
        yield _range_root(start, middle, node)


def _range_root(start: int, end: int, node: Node) -> bytes:
    """Give the tree hash of the leaves [start, end), where start fits a subtree that holds them."""
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(node(level, start >> level))
        start += 1 << level
    return _fold(hashes)


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Join subtree roots, the largest first, from the right."""
    if not hashes:
        return EMPTY_ROOT
    *rest, folded = hashes
    for left in reversed(rest):
        folded = node_hash(left, folded)
    return folded


def _split(count: int) -> int:
    """Give the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
