"""The key store's two tables."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, MetaData, SQLModel

KEYSTORE_METADATA = MetaData()


class AccountKeyRow(SQLModel, table=True):
    """One account's key, wrapped under the key-encryption key that `kek_id` names."""

    __tablename__ = "account_key"
    metadata = KEYSTORE_METADATA

    account_id: str = Field(primary_key=True)
    kek_id: str
    wrapped: bytes = Field(sa_type=LargeBinary)
    stored_at: int = Field(sa_type=BigInteger)


class CurrentKekRow(SQLModel, table=True):
    """The one row that says under which key-encryption key new keys are wrapped."""

    __tablename__ = "current_kek"
    metadata = KEYSTORE_METADATA

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kek_id: str


class LookupTagRow(SQLModel, table=True):
    """A keyed hash by which an account is found; the value behind it is nowhere in clear.

    `merged_from` is the account that it named before that one was merged into this.
    """

    __tablename__ = "lookup_tag"
    metadata = KEYSTORE_METADATA

    tag: bytes = Field(primary_key=True, sa_type=LargeBinary)
    account_id: str = Field(index=True, foreign_key="account_key.account_id")
    merged_from: str | None = Field(default=None, index=True)
