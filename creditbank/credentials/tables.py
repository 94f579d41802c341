"""How credentials are stored: the link's token as a hash, all that is hers under her key."""

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class CredentialRow(SQLModel, table=True):
    """One version of a credential; times are seconds since 1970 UTC.

    It is of an outcome, of an application, or, of neither, a list of credentials; `ended_at` is
    when its holder ended a list. All versions have one link, one `id` and one place in the status
    lists; the newest is served.

    The statement under seal holds the hashes of what was signed and the keys that signed it. `kid`
    and `jwt_kid` name these keys too, in hex, so that what a stolen key signed is found.
    """

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("status_list", "status_index", "version"),
        UniqueConstraint("token_hash", "version"),
        UniqueConstraint("outcome_id", "version"),
        UniqueConstraint("application_id", "version"),
    )

    id: str = Field(primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary)
    version: int
    account_id: str = Field(index=True)
    outcome_id: str | None = Field(default=None, foreign_key="outcome.id")
    application_id: str | None = Field(default=None, foreign_key="application.id")
    status_list: int
    status_index: int
    issued_at: int = Field(sa_type=BigInteger)
    kid: str
    jwt_kid: str
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
    sealed_token: bytes = Field(sa_type=LargeBinary)
    sealed_document: bytes = Field(sa_type=LargeBinary)


class StatusListRow(SQLModel, table=True):
    """One published version of a status list; the document itself is a public object of the log."""

    __tablename__ = "status_list"

    number: int = Field(primary_key=True)
    family: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    published_at: int = Field(sa_type=BigInteger)
    object_sha256: bytes = Field(sa_type=LargeBinary)
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)


class KeyCutOffRow(SQLModel, table=True):
    """One key of the issuer that was stolen, and from which ledger index on it is not relied on."""

    __tablename__ = "key_cut_off"

    kid: str = Field(primary_key=True)
    from_index: int = Field(sa_type=BigInteger)
    entry_index: int = Field(sa_type=BigInteger, unique=True, index=True)


class TrustedIssuerRow(SQLModel, table=True):
    """One issuer that an institution trusts, by DID; `trusted_with` is the credential that said so.

    `name` is the institution's own word for it. Times are seconds since 1970 UTC.
    """

    __tablename__ = "trusted_issuer"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    did: str = Field(primary_key=True)
    name: str | None = None
    trusted_with: str
    trusted_at: int = Field(sa_type=BigInteger)
