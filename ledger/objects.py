"""Public documents behind leaves, each under its SHA-256, for ever."""

from hashlib import sha256

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from ledger.tables import ObjectRow


def put_object(connection: Connection, media_type: str, data: bytes) -> bytes:
    """Store a document once; gives its SHA-256."""
    digest = sha256(data).digest()
    known = select(col(ObjectRow.sha256)).where(col(ObjectRow.sha256) == digest)
    if connection.scalar(known) is None:
        row = {"sha256": digest, "media_type": media_type, "data": data}
        connection.execute(insert(ObjectRow), [row])
    return digest


def find_object(connection: Connection, digest: bytes) -> tuple[str, bytes] | None:
    """Give a document's media type and bytes, or None."""
    row = connection.execute(
        select(col(ObjectRow.media_type), col(ObjectRow.data)).where(
            col(ObjectRow.sha256) == digest
        )
    ).one_or_none()
    return None if row is None else (row.media_type, row.data)
