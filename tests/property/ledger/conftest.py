"""One tree over fixed leaves, and its tiles, for all properties of the ledger."""

from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.merkle import CompactRange, leaf_hash
from ledger.tiles import HEIGHT, TileKey, grown

SIZE = 5_000


class Key:
    """A log's key from a fixed seed."""

    name = "example.com/log"

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Give the signature of `data`."""
        return self._key.sign(data)


@pytest.fixture(scope="session")
def hashes() -> tuple[bytes, ...]:
    """The leaf hashes of 5,000 different leaves."""
    return tuple(leaf_hash(b"%d" % number) for number in range(SIZE))


@pytest.fixture(scope="session")
def tiles(hashes: tuple[bytes, ...]) -> Mapping[TileKey, bytes]:
    """Every tile of the tree over them, made at one stroke."""
    _, nodes = CompactRange().extended_with_nodes(hashes, every=HEIGHT)
    rows: dict[int, list[bytes]] = {0: list(hashes)}
    for level, node in nodes:
        rows.setdefault(level, []).append(node)
    return grown(0, {}, rows)


@pytest.fixture(scope="session")
def key() -> Key:
    """The log's key."""
    return Key()
