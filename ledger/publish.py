"""Publishing: the newest checkpoint is the largest one stored, and it never shrinks."""

from sqlalchemy import Connection, insert

from ledger.errors import NotInLog
from ledger.read import newest_checkpoint, read_head
from ledger.tables import CheckpointRow


def store_checkpoint(connection: Connection, size: int, root: bytes, note: str) -> None:
    """Store a signed checkpoint, unless one as large is there already.

    Takes the head's lock, so that two publishers of one database do not pass each other. Raises
    `NotInLog` for a tree larger than the committed one.
    """
    if read_head(connection, lock=True).size < size:
        raise NotInLog(f"the log has fewer than {size} leaves")
    newest = newest_checkpoint(connection)
    if newest is None or newest.size < size:
        connection.execute(insert(CheckpointRow), [{"size": size, "root": root, "note": note}])
