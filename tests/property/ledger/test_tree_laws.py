"""Proofs and tiles against the plainest tree there is: RFC 6962's recursion, written down again."""

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ProofRefused
from ledger.merkle import (
    HASH_BYTES,
    CompactRange,
    consistency_path,
    inclusion_path,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from ledger.tiles import (
    HEIGHT,
    LEVELS,
    WIDTH,
    TileKey,
    edge_tiles,
    grown,
    node_reader,
    tile_count,
    width_at,
)

EXHAUSTIVE = 300
LARGE = 5_000
NUMBERS = [b"%d" % number for number in range(LARGE)]


@cache
def naive_root(start: int, end: int) -> bytes:
    """Give the tree hash of the leaves [start, end): RFC 6962, section 2.1, word for word."""
    if start == end:
        return sha256(b"").digest()
    if end - start == 1:
        return sha256(b"\x00" + NUMBERS[start]).digest()
    middle = start + largest_power_below(end - start)
    return sha256(b"\x01" + naive_root(start, middle) + naive_root(middle, end)).digest()


def naive_path(index: int, start: int, end: int) -> list[bytes]:
    """Give the audit path: RFC 6962, section 2.1.1, word for word."""
    if end - start == 1:
        return []
    middle = start + largest_power_below(end - start)
    if index < middle:
        return [*naive_path(index, start, middle), naive_root(middle, end)]
    return [*naive_path(index, middle, end), naive_root(start, middle)]


def largest_power_below(count: int) -> int:
    """Give the largest power of two smaller than `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def touched(old: int, new: int) -> list[TileKey]:
    """Name the tiles that are new or grow from a tree of `old` leaves to one of `new`."""
    return [
        (level, number)
        for level in range(LEVELS)
        if tile_count(level, new) > tile_count(level, old)
        for number in range(
            tile_count(level, old) // WIDTH, (tile_count(level, new) - 1) // WIDTH + 1
        )
    ]


def refuses_inclusion(**proof: object) -> bool:
    """Say whether a proof is refused."""
    try:
        verify_inclusion(proof.pop("digest"), **proof)  # type: ignore[arg-type]
    except ProofRefused:
        return True
    return False


SIZES = st.integers(1, LARGE)


@st.composite
def leaf_and_size(draw: st.DrawFn) -> tuple[int, int]:
    """A tree's size and one of its leaves."""
    size = draw(SIZES)
    return draw(st.integers(0, size - 1)), size


@st.composite
def two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    """Two sizes of one growing tree."""
    new = draw(SIZES)
    return draw(st.integers(1, new)), new


def test_every_leaf_of_every_small_tree_is_proved_and_not_its_neighbour(
    hashes: Sequence[bytes], tiles: Mapping[TileKey, bytes]
) -> None:
    """Each index and size up to 300: root and path are the naive tree's; a shifted index fails."""
    node = node_reader(lambda level, number: tiles[level, number])
    for size in range(1, EXHAUSTIVE + 1):
        root = root_at(size, node)
        assert root == naive_root(0, size)
        for index in range(size):
            path = inclusion_path(index, size, node)
            assert list(path) == naive_path(index, 0, size)
            verify_inclusion(hashes[index], index=index, size=size, path=path, root=root)
            moved = index + 1 if index + 1 < size else index - 1
            proof = {"index": moved, "size": size, "path": path, "root": root}
            assert refuses_inclusion(digest=hashes[index], **proof)


def test_every_growth_of_every_small_tree_is_proved(tiles: Mapping[TileKey, bytes]) -> None:
    """Each pair of sizes up to 300 leads from root to root."""
    node = node_reader(lambda level, number: tiles[level, number])
    roots = [naive_root(0, size) for size in range(EXHAUSTIVE + 1)]
    for new in range(1, EXHAUSTIVE + 1):
        for old in range(1, new + 1):
            path = consistency_path(old, new, node)
            verify_consistency(
                old=old, new=new, path=path, old_root=roots[old], new_root=roots[new]
            )


@given(place=leaf_and_size())
def test_a_leaf_of_a_large_tree_has_the_naive_path(
    place: tuple[int, int], tiles: Mapping[TileKey, bytes]
) -> None:
    """Up to 5,000 leaves, whose tree has three rows of tiles."""
    index, size = place
    node = node_reader(lambda level, number: tiles[level, number])
    assert list(inclusion_path(index, size, node)) == naive_path(index, 0, size)
    assert root_at(size, node) == naive_root(0, size)


@given(sizes=two_sizes())
def test_the_growth_of_a_large_tree_is_proved_and_no_other_growth(
    sizes: tuple[int, int], tiles: Mapping[TileKey, bytes]
) -> None:
    """The path joins these two roots; with one bit of any of its hashes changed it joins none."""
    old, new = sizes
    path = consistency_path(old, new, node_reader(lambda level, number: tiles[level, number]))
    roots = {"old_root": naive_root(0, old), "new_root": naive_root(0, new)}
    verify_consistency(old=old, new=new, path=path, **roots)
    for place in range(len(path)):
        changed = [*path]
        changed[place] = flipped(path[place], 31)
        with pytest.raises(ProofRefused):
            verify_consistency(old=old, new=new, path=changed, **roots)
    for name, root in roots.items():
        wrong = {**roots, name: flipped(root, 0)}
        with pytest.raises(ProofRefused):
            verify_consistency(old=old, new=new, path=path, **wrong)


@given(place=leaf_and_size(), bit=st.integers(0, 7))
def test_every_changed_byte_of_a_proof_is_found(
    place: tuple[int, int], bit: int, hashes: Sequence[bytes], tiles: Mapping[TileKey, bytes]
) -> None:
    """In the leaf's hash, in every hash of the path, in the root; and a path cut or prolonged."""
    index, size = place
    node = node_reader(lambda level, number: tiles[level, number])
    path = inclusion_path(index, size, node)
    whole = b"".join([hashes[index], *path, naive_root(0, size)])
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << bit
        digest, *steps, root = cut(bytes(changed))
        assert refuses_inclusion(digest=digest, index=index, size=size, path=steps, root=root)
    proof = {"digest": hashes[index], "index": index, "size": size, "root": naive_root(0, size)}
    assert refuses_inclusion(path=(*path, bytes(32)), **proof)
    assert not path or refuses_inclusion(path=path[:-1], **proof)


@given(sizes=two_sizes())
def test_the_tiles_of_a_tree_are_slices_of_those_it_grew_to(
    sizes: tuple[int, int], hashes: Sequence[bytes], tiles: Mapping[TileKey, bytes]
) -> None:
    """So every past partial tile is served for ever from the one row that only grows."""
    old, new = sizes
    past = tiles_at(tiles, old)
    tree = CompactRange().extended(hashes[:old])
    _, nodes = tree.extended_with_nodes(hashes[old:new], every=HEIGHT)
    added: dict[int, list[bytes]] = {0: list(hashes[old:new])} if new > old else {}
    for level, one in nodes:
        added.setdefault(level, []).append(one)
    edge = {key: past[key] for key in edge_tiles(old)}
    after = past | grown(old, edge, added)
    assert after == tiles_at(tiles, new)
    assert {key for key in after if after[key] != past.get(key)} == set(touched(old, new))


def test_the_tiles_that_an_append_touches_are_named_once_each() -> None:
    """The 256th leaf fills a tile, and the level above gets its first hash."""
    assert touched(255, 257) == [(0, 0), (0, 1), (1, 0)]
    assert touched(256, 256) == []


@given(size=SIZES)
def test_the_tiles_hold_the_nodes_of_the_naive_tree(
    size: int, tiles: Mapping[TileKey, bytes]
) -> None:
    """Tile (L, N) holds the hashes of subtrees of 256^L leaves, in order."""
    for level in (0, 1):
        span = WIDTH**level
        last = tile_count(level, size) - 1
        if last >= 0:
            number, place = divmod(last, WIDTH)
            stored = cut(slice_at(tiles, (level, number), size))
            assert len(stored) == place + 1
            assert stored[place] == naive_root(last * span, (last + 1) * span)


def tiles_at(tiles: Mapping[TileKey, bytes], size: int) -> dict[TileKey, bytes]:
    """Cut every tile to what a tree of `size` leaves has of it."""
    return {key: data for key in tiles if (data := slice_at(tiles, key, size))}


def slice_at(tiles: Mapping[TileKey, bytes], key: TileKey, size: int) -> bytes:
    """Cut a tile to what a tree of `size` leaves has of it."""
    return tiles[key][: width_at(*key, size) * HASH_BYTES]


def cut(data: bytes) -> list[bytes]:
    """Cut a row of hashes."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def flipped(digest: bytes, at: int) -> bytes:
    """Flip one bit of a hash."""
    return digest[:at] + bytes([digest[at] ^ 1]) + digest[at + 1 :]
