"""Public documents behind leaves, each under its SHA-256, for ever."""

from hashlib import sha256

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from ledger.tables import ObjectRow

_NAMED = select(col(ObjectRow.media_type), col(ObjectRow.data)).where(
    col(ObjectRow.sha256) == bindparam("digest")
)


def put_object(connection: Connection, media_type: str, data: bytes) -> bytes:
    """Store a document, unless it is there already; gives its SHA-256."""
    digest = sha256(data).digest()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"sha256": digest, "media_type": media_type, "data": data}
    connection.execute(dialect.insert(ObjectRow).on_conflict_do_nothing(), [row])
    return digest


def find_object(connection: Connection, digest: bytes) -> tuple[str, bytes] | None:
    """Give a document's media type and bytes, or None."""
    row = connection.execute(_NAMED, {"digest": digest}).one_or_none()
    return None if row is None else (row.media_type, bytes(row.data))
