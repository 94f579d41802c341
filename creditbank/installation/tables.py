"""How the installation's names are stored."""

from sqlmodel import Field, SQLModel


class InstallationRow(SQLModel, table=True):
    """The one row that names this installation."""

    __tablename__ = "installation"

    id: int = Field(primary_key=True)
    ledger_origin: str
    issuer_did: str
    institution_id: str = Field(foreign_key="institution.id")
