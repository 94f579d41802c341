"""Tiles: the tree cut into squares of 256 hashes, as C2SP tlog-tiles serves them. Pure.

Tile (L, N) holds the nodes of tree level 8·L at positions [256·N, 256·(N+1)); a partial tile is a
prefix of the full one, so that every past width is a slice of what is stored.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from ledger.errors import ProofRefused
from ledger.merkle import HASH_BYTES, Node

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_BYTES = WIDTH * HASH_BYTES
LEVELS = 8
"""Levels 0 to 7 hold every tree that an index of 63 bits can name."""

ReadTile = Callable[[int, int], bytes]
TileKey = tuple[int, int]

_NUMBER = re.compile(r"(?:x[0-9]{3}/){0,5}[0-9]{3}")
_PARTIAL = re.compile(r"[1-9][0-9]{0,2}")


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


def format_name(number: int, width: int) -> str:
    """Write `<N>` or `<N>.p/<W>`, the end of a tile's or bundle's path."""
    suffix = "" if width == WIDTH else f".p/{width}"
    return format_number(number) + suffix


def parse_name(path: str) -> TileName | None:
    """Read `<N>` or `<N>.p/<W>`; None unless it is written as `format_name` writes it."""
    text, dot, partial = path.partition(".p/")
    if _NUMBER.fullmatch(text) is None:
        return None
    number = int(text.replace("x", "").replace("/", ""))
    if format_number(number) != text:
        return None
    if not dot:
        return TileName(number, WIDTH)
    if _PARTIAL.fullmatch(partial) is None or int(partial) >= WIDTH:
        return None
    return TileName(number, int(partial))


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Write a tile's path below the log's prefix: `tile/<L>/<N>[.p/<W>]`."""
    return f"tile/{level}/{format_name(number, width)}"


def entries_path(number: int, width: int = WIDTH) -> str:
    """Write an entry bundle's path below the log's prefix: `tile/entries/<N>[.p/<W>]`."""
    return f"tile/entries/{format_name(number, width)}"


def tile_count(level: int, size: int) -> int:
    """Give how many hashes the tiles of a level hold in a tree of `size` leaves."""
    return size >> (HEIGHT * level)


def width_at(level: int, number: int, size: int) -> int:
    """Give the width of a tile in a tree of `size` leaves; 0 when it has none of it."""
    return max(0, min(WIDTH, tile_count(level, size) - number * WIDTH))


def edge_tiles(size: int) -> list[TileKey]:
    """Name the partial tiles at the right edge, of which an append grows some and needs all."""
    counts = [(level, tile_count(level, size)) for level in range(LEVELS)]
    return [(level, count // WIDTH) for level, count in counts if count % WIDTH]


def path_tiles(index: int, size: int) -> list[TileKey]:
    """Name the tiles that prove a leaf in a tree of `size` leaves: those above it, and the edge."""
    above = [
        (level, index >> HEIGHT * (level + 1)) for level in range(LEVELS) if tile_count(level, size)
    ]
    return list(dict.fromkeys([*above, *edge_tiles(size)]))


def grown(
    size: int, edge: Mapping[TileKey, bytes], added: Mapping[int, list[bytes]]
) -> dict[TileKey, bytes]:
    """Give the edge tiles after an append, and every tile that is new, with their whole content.

    `edge` holds the tiles that `edge_tiles(size)` names, `added[L]` the new nodes of tree level
    8·L. What is given suffices to prove each new leaf in the new tree.
    """
    tiles = dict(edge)
    for level, hashes in added.items():
        number, held = divmod(tile_count(level, size), WIDTH)
        data = (edge[level, number] if held else b"") + b"".join(hashes)
        for place, start in enumerate(range(0, len(data), TILE_BYTES)):
            tiles[level, number + place] = data[start : start + TILE_BYTES]
    return tiles


def node_reader(read_tile: ReadTile) -> Node:
    """Give the hash of any complete subtree, read from the tile that holds its row.

    Each tile is read once. Raises `ProofRefused` where it is too short for what is asked.
    """
    seen: dict[TileKey, tuple[bytes, ...]] = {}

    def node(level: int, position: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        number = position >> HEIGHT - above
        rows = seen.get((tile_level, number))
        if rows is None:
            rows = seen[tile_level, number] = rows_above(read_tile(tile_level, number))
        first = HASH_BYTES * (position & (WIDTH >> above) - 1)
        digest = rows[above][first : first + HASH_BYTES]
        if len(digest) != HASH_BYTES:
            raise ProofRefused(f"tile {tile_level}/{number} is too short")
        return digest

    return node


# Keyed by content, so it can never be stale: receipts of one commit share almost all of these.
@lru_cache(maxsize=512)
def rows_above(tile: bytes) -> tuple[bytes, ...]:
    """Give a tile's row of hashes and the rows of the complete subtrees above it, 8 kB and less."""
    rows = [tile]
    for _ in range(1, HEIGHT):
        row, pair = rows[-1], 2 * HASH_BYTES
        ends = range(pair, len(row) + 1, pair)
        rows.append(b"".join([sha256(b"\x01" + row[end - pair : end]).digest() for end in ends]))
    return tuple(rows)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Pack entries as an entry bundle: each with its length as uint16, big-endian (tlog-tiles)."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def unbundle(data: bytes) -> list[bytes]:
    """Unpack an entry bundle; raises `ProofRefused` when it is cut short."""
    entries, start, size = [], 0, len(data)
    while start < size - 1:
        first, start = start + 2, start + 2 + (data[start] << 8 | data[start + 1])
        entries.append(data[first:start])
    if start != size:
        raise ProofRefused("an entry bundle is cut short")
    return entries
