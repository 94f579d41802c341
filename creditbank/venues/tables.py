"""How venues, shifts and check-ins are stored: codes as hashes, what is personal under seal."""

from sqlalchemy import JSON, BigInteger, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class VenueRow(SQLModel, table=True):
    """One venue: a course of class `venue`, or one offering of it, at which people check in."""

    __tablename__ = "venue"

    id: str = Field(primary_key=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    course: str
    offering: str | None = None
    name: str


class VenueRuleRow(SQLModel, table=True):
    """What a visit counts for from a day on; `class_hours` are 1/1000."""

    __tablename__ = "venue_rule"

    venue_id: str = Field(primary_key=True, foreign_key="venue.id")
    from_day: str = Field(primary_key=True)
    minutes: int | None = None
    class_hours: int | None = Field(default=None, sa_type=BigInteger)
    visits_a_day: int
    minutes_between: int
    methods: list[str] = Field(sa_column=Column(JSON, nullable=False))
    declared_by: str
    declared_at: int = Field(sa_type=BigInteger)


class ShiftRow(SQLModel, table=True):
    """One shift at a venue; times are whole seconds since 1970-01-01 UTC."""

    __tablename__ = "venue_shift"

    id: str = Field(primary_key=True)
    venue_id: str = Field(foreign_key="venue.id", index=True)
    place: str | None = None
    starts_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)
    opened_by: str


class DeviceRow(SQLModel, table=True):
    """One device of a shift: offered by a pairing code, then paired, with an API key of its own."""

    __tablename__ = "venue_device"

    id: str = Field(primary_key=True)
    shift_id: str = Field(foreign_key="venue_shift.id", index=True)
    kind: str
    label: str
    offered_by: str
    pairing_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    pairing_until: int = Field(sa_type=BigInteger)
    key_id: str | None = Field(default=None, unique=True)
    paired_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class RosterEntryRow(SQLModel, table=True):
    """One learner who is expected in a shift."""

    __tablename__ = "venue_roster_entry"
    __table_args__ = (UniqueConstraint("shift_id", "account_id"),)

    id: str = Field(primary_key=True)
    shift_id: str = Field(foreign_key="venue_shift.id", index=True)
    account_id: str = Field(index=True)
    added_by: str
    added_at: int = Field(sa_type=BigInteger)


class CardRow(SQLModel, table=True):
    """One printed card; its code is stored as a hash, and sealed, to be printed again."""

    __tablename__ = "check_in_card"

    id: str = Field(primary_key=True)
    code_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    account_id: str = Field(index=True)
    made_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    sealed_code: bytes = Field(sa_type=LargeBinary)


class CheckInRow(SQLModel, table=True):
    """One check-in; when it was, and by which card, lies under the learner's key.

    `scan_key` makes it once however often it is handed in, `day_tag` finds those of one learner,
    venue and day. `outcome_id` names the outcome that it brought about; while `waits_until` stands,
    in seconds since 1970, it may still bring one about when late ones can come no more.
    """

    __tablename__ = "check_in"

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    venue_id: str = Field(foreign_key="venue.id")
    shift_id: str = Field(foreign_key="venue_shift.id", index=True)
    device_id: str | None = Field(default=None, foreign_key="venue_device.id")
    method: str
    scan_key: bytes = Field(sa_type=LargeBinary, unique=True)
    day_tag: bytes = Field(sa_type=LargeBinary, index=True)
    posted_with: str
    outcome_id: str | None = Field(default=None, index=True)
    waits_until: int | None = Field(default=None, sa_type=BigInteger, index=True)
    sealed_visit: bytes = Field(sa_type=LargeBinary)
