"""How access is stored: secrets as hashes only."""

from sqlalchemy import JSON, BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


class ApiKeyRow(SQLModel, table=True):
    """One API key of an institution; the secret itself is shown once and never stored.

    `name` says which program has it, `revoked_for` why it ended; its last use is known to the hour.
    """

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    secret_hash: bytes = Field(sa_type=LargeBinary)
    name: str | None = None
    created_at: int = Field(sa_type=BigInteger)
    last_used_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_for: str | None = None


class LoginRow(SQLModel, table=True):
    """One person's login: staff by a name, a citizen by the account number, which is not here.

    The rights of staff follow from `roles` when she signs in; `scopes` are what she has beside.
    Where her account was merged, `merged_into` is the account that she now acts in.
    """

    __tablename__ = "login"

    id: str = Field(primary_key=True)
    name: str | None = Field(default=None, unique=True)
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    account_id: str | None = Field(default=None, unique=True)
    merged_into: str | None = Field(default=None, index=True)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    roles: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    password_hash: str
    created_at: int = Field(sa_type=BigInteger)
    disabled_at: int | None = Field(default=None, sa_type=BigInteger)


class AccessTokenRow(SQLModel, table=True):
    """One bearer token of a login or of an API key, whose rights it never exceeds."""

    __tablename__ = "access_token"

    id: str = Field(primary_key=True)
    secret_hash: bytes = Field(sa_type=LargeBinary)
    login_id: str | None = Field(default=None, foreign_key="login.id", index=True)
    api_key_id: str | None = Field(default=None, foreign_key="api_key.id", index=True)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    issued_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger, index=True)


class SessionRow(SQLModel, table=True):
    """One person's session at the pages; what she may do follows from her login at each request.

    `is_proven` says that all was shown that her login asks for, the second factor of staff too.
    """

    __tablename__ = "session"

    id: str = Field(primary_key=True)
    secret_hash: bytes = Field(sa_type=LargeBinary)
    login_id: str = Field(foreign_key="login.id", index=True)
    is_proven: bool
    started_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger, index=True)


class SecondFactorRow(SQLModel, table=True):
    """What a member of staff shows beside her password: a secret in her phone, sealed here.

    `last_step` is the step of time whose code was shown last; no code is taken twice.
    """

    __tablename__ = "second_factor"

    login_id: str = Field(primary_key=True, foreign_key="login.id")
    sealed_secret: bytes = Field(sa_type=LargeBinary)
    offered_at: int = Field(sa_type=BigInteger)
    confirmed_at: int | None = Field(default=None, sa_type=BigInteger)
    last_step: int | None = Field(default=None, sa_type=BigInteger)
