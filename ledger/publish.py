"""Publishing: the newest checkpoint is the largest one stored, and it never shrinks."""

from sqlalchemy import Connection, insert

from ledger.read import newest_checkpoint
from ledger.tables import CheckpointRow


def store_checkpoint(connection: Connection, size: int, root: bytes, note: str) -> None:
    """Store a signed checkpoint, unless one as large is there already."""
    newest = newest_checkpoint(connection)
    if newest is None or newest.size < size:
        connection.execute(insert(CheckpointRow), [{"size": size, "root": root, "note": note}])
