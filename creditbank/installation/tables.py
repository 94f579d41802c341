"""How the installation's names are stored."""

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel


class InstallationRow(SQLModel, table=True):
    """The one row that names this installation."""

    __tablename__ = "installation"

    id: int = Field(primary_key=True)
    ledger_origin: str
    issuer_did: str
    institution_id: str = Field(foreign_key="institution.id")


class FormerNameRow(SQLModel, table=True):
    """A name that this installation had until the leaf at `entry_index`."""

    __tablename__ = "former_name"

    entry_index: int = Field(primary_key=True, sa_type=BigInteger)
    issuer_did: str
    origin: str
    lists: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
