"""Tiles: the tree cut into squares of 256 hashes, as C2SP tlog-tiles serves them. Pure.

Tile (L, N) holds the nodes of tree level 8·L at positions [256·N, 256·(N+1)); a partial tile is a
prefix of the full one, so that every past width is a slice of what is stored.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.errors import ProofRefused
from ledger.merkle import HASH_BYTES, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVEL_MAX = 5

ReadTile = Callable[[int, int], bytes]

_NUMBER = re.compile(r"(?:x\d{3}/)*\d{3}")


@dataclass(frozen=True, slots=True)
class TileName:
    """One tile or entry bundle as a path names it; `width` is 256 unless it is partial."""

    number: int
    width: int


def format_number(number: int) -> str:
    """Write a tile number in groups of three digits, all but the last with an `x` (tlog-tiles)."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def parse_name(path: str) -> TileName | None:
    """Read `<N>` or `<N>.p/<W>`; None unless it is written as `format_number` writes it."""
    text, _, width = path.partition(".p/")
    if not _NUMBER.fullmatch(text) or len(text) > 4 * LEVEL_MAX:
        return None
    number = int(text.replace("x", "").replace("/", ""))
    if format_number(number) != text:
        return None
    if ".p/" not in path:
        return TileName(number, WIDTH)
    if not (width.isascii() and width.isdigit()) or str(int(width)) != width:
        return None
    return TileName(number, int(width)) if 0 < int(width) < WIDTH else None


def format_name(number: int, width: int) -> str:
    """Write the path of a tile or bundle; the inverse of `parse_name`."""
    suffix = "" if width == WIDTH else f".p/{width}"
    return format_number(number) + suffix


def tile_count(level: int, size: int) -> int:
    """Give how many hashes the tiles of a level hold in a tree of `size` leaves."""
    return size >> (HEIGHT * level)


def width_at(level: int, number: int, size: int) -> int:
    """Give the width of a tile in a tree of `size` leaves; 0 when it has none of it."""
    return max(0, min(WIDTH, tile_count(level, size) - number * WIDTH))


def node_reader(read_tile: ReadTile) -> Callable[[int, int], bytes]:
    """Give the hash of any complete subtree, read from the tile that holds its row.

    Raises `ProofRefused` where a tile is too short for what is asked.
    """
    seen: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        if (level, number) not in seen:
            seen[level, number] = read_tile(level, number)
        return seen[level, number]

    def node(level: int, position: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        first = position << above
        number, start = divmod(first, WIDTH)
        span = HASH_BYTES << above
        tile = read(tile_level, number)
        hashes = tile[HASH_BYTES * start : HASH_BYTES * start + span]
        if len(hashes) != span:
            raise ProofRefused(f"tile {tile_level}/{number} is too short")
        return subtree_root(hashes)

    return node


def subtree_root(hashes: bytes) -> bytes:
    """Give the root over a row of 1, 2, 4 … 256 hashes."""
    row = [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]


def grown(
    size: int, hashes: list[bytes], completed: Mapping[int, list[bytes]], read_tile: ReadTile
) -> dict[tuple[int, int], bytes]:
    """Give the whole content of every tile that grows when `hashes` are appended to `size` leaves.

    `completed[L]` are the new nodes of tree level 8·L in order. The last tile of a level is given
    even when it does not grow, so that each new leaf can be proved from these tiles alone.
    """
    tiles: dict[tuple[int, int], bytes] = {}
    rows = {0: hashes, **{level: row for level, row in completed.items() if level}}
    for level in range(LEVEL_MAX + 1):
        before = tile_count(level, size)
        row = rows.get(level, [])
        if before + len(row) == 0:
            break
        tiles.update(_grown_level(level, before, row, read_tile))
    return tiles


def _grown_level(
    level: int, before: int, row: list[bytes], read_tile: ReadTile
) -> dict[tuple[int, int], bytes]:
    number, held = divmod(before, WIDTH)
    if held == 0 and not row:
        number, held = number - 1, WIDTH
    data = (read_tile(level, number) if held else b"") + b"".join(row)
    full = WIDTH * HASH_BYTES
    return {
        (level, number + place): data[start : start + full]
        for place, start in enumerate(range(0, len(data), full))
    }


def bundle(entries: list[bytes]) -> bytes:
    """Pack entries as an entry bundle: each with its length as uint16, big-endian (tlog-tiles)."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """Unpack an entry bundle; raises `ProofRefused` when it is cut short."""
    entries, start = [], 0
    while start < len(data):
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if start + 2 > len(data) or end > len(data):
            raise ProofRefused("an entry bundle is cut short")
        entries.append(data[start + 2 : end])
        start = end
    return entries
