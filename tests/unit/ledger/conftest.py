"""A ledger on SQLite in a temporary directory, and a log key from a fixed seed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import SQLModel

from ledger.append import append, create_head, lock_head
from ledger.checkpoint import Checkpoint, sign_note, verifier_key
from ledger.leaf import LeafDraft
from ledger.publish import store_checkpoint
from ledger.read import read_head
from ledger.tables import (
    CheckpointRow,
    HeadRow,
    LeafRow,
    LiveSpendRow,
    ObjectRow,
    TileRow,
)
from ledger.triggers import create_triggers

ORIGIN = "example.com/log"
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
TABLES = (LeafRow, TileRow, CheckpointRow, HeadRow, LiveSpendRow, ObjectRow)


class LogSigner:
    """Signs with the key whose seed are the bytes 0 to 31."""

    name = ORIGIN

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Give the signature of `data`."""
        return self._key.sign(data)


@pytest.fixture
def signer() -> LogSigner:
    """Give the log's key."""
    return LogSigner()


@pytest.fixture
def keys(signer: LogSigner) -> list[str]:
    """Give the log's verifier keys."""
    return [verifier_key(signer.name, signer.public)]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Give an empty ledger with its triggers; each transaction begins with the write lock."""
    engine = create_engine(f"sqlite:///{tmp_path}/ledger.db")

    @event.listens_for(engine, "connect")
    def _on_connect(connection, _entry) -> None:  # noqa: ANN001 - the driver's own classes.
        connection.isolation_level = None
        connection.execute("PRAGMA recursive_triggers=ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection, tables=[one.__table__ for one in TABLES])
        create_triggers(connection)
        create_head(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def draft() -> Callable[..., LeafDraft]:
    """Give a maker of drafts: `draft(n, t=…, …)`, an outcome unless told otherwise."""

    def make(number: int, **changes: object) -> LeafDraft:
        digest = sha256(number.to_bytes(8, "big")).digest()
        fields = {"t": "outcome", "acct": digest, "stmt": digest[::-1], **changes}
        return LeafDraft(id=digest[:16], iss="inst-1", **fields)

    return make


@pytest.fixture
def grow(
    engine: Engine, signer: LogSigner, draft: Callable[..., LeafDraft]
) -> Callable[[int], None]:
    """Give an act that appends outcomes and publishes a checkpoint: `grow(300)`."""

    def act(leaves: int) -> None:
        with engine.begin() as connection:
            head = lock_head(connection)
            drafts = [draft(head.size + place) for place in range(leaves)]
            append(connection, head, drafts, origin=ORIGIN, now=NOW)
            publish(connection, signer)

    return act


@pytest.fixture
def publish_head(engine: Engine, signer: LogSigner) -> Callable[[], None]:
    """Give an act that publishes the committed head."""

    def act() -> None:
        with engine.begin() as connection:
            publish(connection, signer)

    return act


def publish(connection: Connection, signer: LogSigner) -> None:
    """Sign the head and store its note."""
    head = read_head(connection)
    note = sign_note(Checkpoint(origin=ORIGIN, size=head.size, root=head.root), signer)
    store_checkpoint(connection, head.size, head.root, note)
