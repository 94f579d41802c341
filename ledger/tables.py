"""The ledger's tables: leaves, tiles, notes, the head, live nullifiers, public documents."""

from sqlalchemy import BigInteger, Integer, LargeBinary
from sqlmodel import Field, SQLModel


class LeafRow(SQLModel, table=True):
    """One leaf; `idx` is the head's size plus the position, so that there are no gaps."""

    __tablename__ = "ledger_leaf"

    idx: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    id: bytes = Field(sa_type=LargeBinary, unique=True)
    data: bytes = Field(sa_type=LargeBinary)


class TileRow(SQLModel, table=True):
    """One tile of 32·width bytes, which only grows."""

    __tablename__ = "ledger_tile"

    level: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    number: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    data: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(SQLModel, table=True):
    """One published checkpoint and its note."""

    __tablename__ = "ledger_checkpoint"

    size: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    root: bytes = Field(sa_type=LargeBinary)
    note: str


class HeadRow(SQLModel, table=True):
    """The one row that orders all writers: size, compact range, and the newest leaf's time."""

    __tablename__ = "ledger_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int = Field(sa_type=BigInteger)
    edge: bytes = Field(sa_type=LargeBinary)
    last_at: int = Field(sa_type=BigInteger)


class LiveSpendRow(SQLModel, table=True):
    """One nullifier that is spent and not released."""

    __tablename__ = "ledger_live_spend"

    value: bytes = Field(primary_key=True, sa_type=LargeBinary)
    idx: int = Field(sa_type=BigInteger)


class ObjectRow(SQLModel, table=True):
    """One public document, served for ever under its SHA-256."""

    __tablename__ = "ledger_object"

    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary)
    media_type: str
    data: bytes = Field(sa_type=LargeBinary)
