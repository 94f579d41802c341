"""How accounts are stored: only what is not personal stands in clear."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    """One account; number, name and the provider's learner number lie in the sealed statement."""

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    state: str
    identity_level: int
    opened_by: str = Field(foreign_key="institution.id")
    entry_index: int = Field(sa_type=BigInteger)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class AccountNameRow(SQLModel, table=True):
    """One more name of a learner, beside that of the opening; all of it lies under seal."""

    __tablename__ = "account_name"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    recorded_by: str
    recorded_at: int = Field(sa_type=BigInteger)
    sealed_name: bytes = Field(sa_type=LargeBinary)


class AccountDocumentRow(SQLModel, table=True):
    """One document that somebody checked; all that it says, and how it was checked, is sealed."""

    __tablename__ = "account_document"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    recorded_by: str
    recorded_at: int = Field(sa_type=BigInteger)
    sealed_document: bytes = Field(sa_type=LargeBinary)


class ClaimCodeRow(SQLModel, table=True):
    """The newest claim code of an unclaimed account, as a keyed hash; used or locked at 0 tries."""

    __tablename__ = "claim_code"

    account_id: str = Field(primary_key=True, foreign_key="account.id")
    code_tag: bytes = Field(sa_type=LargeBinary, unique=True)
    issued_by: str = Field(foreign_key="institution.id")
    expires_at: int = Field(sa_type=BigInteger)
    tries_left: int
