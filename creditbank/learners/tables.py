"""How accounts are stored: only what is not personal stands in clear."""

from sqlalchemy import JSON, BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    """One account; number, name and the provider's learner number lie in the sealed statement.

    `merged_into` is the account of the same person in which a merged one goes on.
    """

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    state: str
    identity_level: int
    opened_by: str = Field(foreign_key="institution.id")
    entry_index: int = Field(sa_type=BigInteger)
    sealed_statement: bytes = Field(sa_type=LargeBinary)
    merged_into: str | None = Field(default=None, index=True)


class PseudonymRow(SQLModel, table=True):
    """One random id that an erased row was given in place of its account's; it leads nowhere."""

    __tablename__ = "pseudonym"

    id: str = Field(primary_key=True)


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


class StateChangeRow(SQLModel, table=True):
    """One change of an account's state, numbered from 1 in the account; why lies under seal."""

    __tablename__ = "account_state_change"

    account_id: str = Field(primary_key=True, foreign_key="account.id")
    number: int = Field(primary_key=True)
    act: str
    before: str
    after: str
    changed_at: int = Field(sa_type=BigInteger)
    changed_by: str
    sealed_reason: bytes = Field(sa_type=LargeBinary)


class NoticeRow(SQLModel, table=True):
    """One notice to a learner; what it tells lies under seal. Times are seconds since 1970."""

    __tablename__ = "notice"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    subject: str
    channel: str
    sent_at: int = Field(sa_type=BigInteger)
    delivered_at: int | None = Field(default=None, sa_type=BigInteger)
    delivery_recorded_by: str | None = None
    read_at: int | None = Field(default=None, sa_type=BigInteger)
    sealed_facts: bytes = Field(sa_type=LargeBinary)


class ContactRow(SQLModel, table=True):
    """One way to reach a learner, not unique to her; phone or address lie under seal.

    A code that was sent to it is a keyed hash, locked at 0 tries; once it is used there is none.
    """

    __tablename__ = "account_contact"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    kind: str
    added_at: int = Field(sa_type=BigInteger)
    added_by: str
    checked_how: str | None = None
    checked_at: int | None = Field(default=None, sa_type=BigInteger)
    checked_by: str | None = None
    sealed_contact: bytes = Field(sa_type=LargeBinary)
    code_tag: bytes | None = Field(default=None, sa_type=LargeBinary)
    code_expires_at: int | None = Field(default=None, sa_type=BigInteger)
    code_tries_left: int | None = None


class ServicePointRow(SQLModel, table=True):
    """The service point 服务网点 of an account, from a day to a last day or on."""

    __tablename__ = "account_service_point"

    account_id: str = Field(primary_key=True, foreign_key="account.id")
    from_day: str = Field(primary_key=True)
    until_day: str | None = None
    institution_id: str = Field(foreign_key="institution.id", index=True)
    set_by: str


class DelegationRow(SQLModel, table=True):
    """Who may act for a learner, in what and until when; until_day is the last day, in Shanghai."""

    __tablename__ = "delegation"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    kind: str
    delegate_account_id: str | None = Field(default=None, index=True)
    delegate_login_id: str | None = Field(default=None, index=True)
    acts: list[str] = Field(sa_column=Column(JSON, nullable=False))
    from_day: str
    until_day: str | None = None
    given_by: str
    given_at: int = Field(sa_type=BigInteger)
    ended_by: str | None = None
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class DelegatedActRow(SQLModel, table=True):
    """One thing that somebody did for a learner, under which delegation."""

    __tablename__ = "delegated_act"

    id: str = Field(primary_key=True)
    delegation_id: str = Field(foreign_key="delegation.id", index=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    act: str
    acted_by: str
    acted_at: int = Field(sa_type=BigInteger)


class ConsentRow(SQLModel, table=True):
    """One item consented to, or one such consent withdrawn; each is an entry of the ledger."""

    __tablename__ = "consent"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    purpose: str
    act: str
    text_sha256: str
    withdraws_id: str | None = Field(default=None, foreign_key="consent.id", unique=True)
    given_by: str
    given_at: int = Field(sa_type=BigInteger)
    entry_index: int = Field(sa_type=BigInteger, unique=True)
    sealed_statement: bytes = Field(sa_type=LargeBinary)


class RecoveryRow(SQLModel, table=True):
    """One recovery of an account: who started it, who confirmed it, and how far it came.

    The code is a keyed hash and used or locked at 0 tries; what document was seen lies under seal.
    """

    __tablename__ = "account_recovery"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    state: str
    started_by: str
    started_at: int = Field(sa_type=BigInteger)
    confirmed_by: str | None = None
    confirmed_at: int | None = Field(default=None, sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    code_tag: bytes | None = Field(default=None, sa_type=LargeBinary)
    tries_left: int
    sealed_document: bytes = Field(sa_type=LargeBinary)
