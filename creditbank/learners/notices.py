"""Notices 通知: what a learner is told, by which channel, when sent, delivered and read.

A notice in the account is delivered when it is listed for the first time; a letter, a call or a
talk at the counter when staff record it. What a notice tells lies under the learner's key, its
words stand at the doors. Deadlines start from delivery.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Self

import orjson
from sqlalchemy import Connection, Executable, select, update
from sqlmodel import SQLModel, col

from creditbank.conversion.days import civil_day
from creditbank.conversion.working_days import WorkingDays
from creditbank.database import chunks, table_of
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.tables import NoticeRow
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import new_id


class Channel(StrEnum):
    """By which way a notice goes."""

    ACCOUNT = "account"  # 账户内通知: shown to whoever signs in
    LETTER = "letter"
    PHONE = "phone"
    COUNTER = "counter"
    EMAIL = "email"  # sent by staff: this bank sends nothing by itself


class NoticeSubject(StrEnum):
    """What a notice is about; `api/notice_words.yaml` has its words and names its facts."""

    ACCOUNT_FROZEN = "account-frozen"
    ACCOUNT_UNFROZEN = "account-unfrozen"
    CONTACT_CHECKED = "contact-checked"
    CONTACT_CODE = "contact-code"
    SERVICE_POINT_SET = "service-point-set"
    DELEGATION_GIVEN = "delegation-given"
    DELEGATION_ENDED = "delegation-ended"
    ACCOUNTS_MERGED = "accounts-merged"
    ACCOUNTS_PARTED = "accounts-parted"
    RECOVERY_STARTED = "recovery-started"
    PASSWORD_RECOVERED = "password-recovered"  # noqa: S105 - a subject, not a secret
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a subject, not a secret
    OUTCOME_ATTACHED = "outcome-attached"
    OUTCOME_REASSIGNED_AWAY = "outcome-reassigned-away"
    OUTCOME_REASSIGNED_HERE = "outcome-reassigned-here"
    OUTCOME_SUSPENDED = "outcome-suspended"
    OUTCOME_LIFTED = "outcome-lifted"
    OUTCOME_EXTENDED = "outcome-extended"
    OUTCOMES_WITHDRAWN = "outcomes-withdrawn"
    OUTCOMES_TAKEN_BACK = "outcomes-taken-back"
    OUTCOMES_SUSPENDED = "outcomes-suspended"
    OUTCOMES_LIFTED = "outcomes-lifted"
    CONVERSION_QUESTIONED = "conversion-questioned"
    CONVERSION_UPHELD = "conversion-upheld"
    CONVERSION_DECIDED_ANEW = "conversion-decided-anew"
    CONVERSION_APPEALED = "conversion-appealed"
    CONVERSION_REVERSED = "conversion-reversed"
    CONVERSION_TAKEN_BACK = "conversion-taken-back"
    CONVERSION_IN_CONFLICT = "conversion-in-conflict"
    DOCUMENT_RECORDED = "document-recorded"
    NAME_CONFIRMED = "name-confirmed"
    NAME_REFUSED = "name-refused"
    ERASURE_POSTPONED = "erasure-postponed"
    CREDIT_NOT_ENTERED = "credit-not-entered"
    MATTER_RETURNED = "matter-returned"
    MATTER_ATTESTED = "matter-attested"
    MATTER_CORRECTED = "matter-corrected"
    MATTER_UPHELD = "matter-upheld"
    MATTER_REFUSED = "matter-refused"
    FILING_RETURNED = "filing-returned"
    FILING_RECOGNISED = "filing-recognised"
    FILING_REFUSED = "filing-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A stored notice; what it tells is still under seal. Times are seconds since 1970."""

    id: str
    account_id: str
    subject: str
    channel: str
    sent_at: int
    delivered_at: int | None
    read_at: int | None
    sealed_facts: bytes

    def facts(self, key: AccountKey) -> dict[str, str]:
        """Open what it tells; raises `SealBroken`."""
        opened: dict[str, str] = orjson.loads(key.open(_place(self.id), self.sealed_facts))
        return opened


def draft_notice(
    key: AccountKey,
    *,
    subject: NoticeSubject,
    facts: Mapping[str, str],
    channel: Channel = Channel.ACCOUNT,
    moment: Moment,
) -> dict[str, object]:
    """Draft the row of a notice that is sent now to the learner of this key."""
    notice_id = new_id(moment.now, moment.entropy).hex()
    return {
        "id": notice_id,
        "account_id": key.account_id,
        "subject": subject.value,
        "channel": channel.value,
        "sent_at": int(moment.now.timestamp()),
        "delivered_at": None,
        "delivery_recorded_by": None,
        "read_at": None,
        "sealed_facts": key.seal(_place(notice_id), orjson.dumps(dict(facts)), moment.entropy),
    }


def notice_rows(*drafts: Mapping[str, object]) -> dict[type[SQLModel], Rows]:
    """Give the rows that these notices add, by table, for the decision that sends them."""
    return {NoticeRow: list(drafts)}


def deadline(notice: Notice, working_days: int, calendar: WorkingDays) -> date | None:
    """Give the last day of a time of so many working days, which runs from the day of delivery.

    None while it is not delivered: the time has not begun.
    """
    if notice.delivered_at is None:
        return None
    delivered_on = civil_day(datetime.fromtimestamp(notice.delivered_at, UTC))
    return calendar.after(delivered_on, working_days)


def refused_on(notice_id: str | None, notices: Mapping[str, Notice]) -> date | None:
    """Give the day of a refusal: that on which its notice was sent; None where there is none."""
    notice = notices.get(notice_id or "")
    return None if notice is None else civil_day(datetime.fromtimestamp(notice.sent_at, UTC))


def notices_of_account(
    connection: Connection, account_ids: Collection[str], *, after: str = "", limit: int
) -> list[Notice]:
    """Give the notices in the accounts of one person, oldest first, from the one after `after`."""
    wanted = _NOTICES.where(
        col(NoticeRow.account_id).in_(list(account_ids)),
        col(NoticeRow.channel) == Channel.ACCOUNT,
        col(NoticeRow.id) > after,
    )
    return _read(connection, wanted.order_by(col(NoticeRow.id)).limit(limit))


def find_notices(connection: Connection, ids: Iterable[str]) -> dict[str, Notice]:
    """Give those of these notices that exist, by id."""
    each = (_NOTICES.where(col(NoticeRow.id).in_(chunk)) for chunk in chunks(list(ids)))
    return {one.id: one for wanted in each for one in _read(connection, wanted)}


def undelivered_notices(connection: Connection, account_id: str) -> list[Notice]:
    """Give the notices of an account that staff still have to bring to its learner."""
    wanted = _NOTICES.where(
        col(NoticeRow.account_id) == account_id,
        col(NoticeRow.channel) != Channel.ACCOUNT,
        col(NoticeRow.delivered_at).is_(None),
    )
    return _read(connection, wanted.order_by(col(NoticeRow.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverNotices:
    """Ask that these notices of one person count as delivered: they are listed now."""

    account_ids: Collection[str]
    notice_ids: Sequence[str]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing: what was delivered before stays as it is."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Set the time of delivery where there is none."""
        now = int(moment.now.timestamp())
        delivered = (
            update(NoticeRow)
            .where(
                col(NoticeRow.id).in_(self.notice_ids),
                col(NoticeRow.account_id).in_(list(self.account_ids)),
                col(NoticeRow.delivered_at).is_(None),
            )
            .values(delivered_at=now)
        )
        return Decision(answer=None, state=state, changes=[delivered])


State = Mapping[str, Notice]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotice:
    """Ask that a notice of one person count as read; reading it again changes nothing."""

    account_ids: Collection[str]
    notice_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the notices that these commands name."""
        return find_notices(connection, [command.notice_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Note it; raises `Refusal("not-found")` for another's notice."""
        notice = _require_of(state, self.notice_id, self.account_ids)
        now = int(moment.now.timestamp())
        if notice.read_at is not None:
            return Decision(answer=None, state=state)
        return Decision(
            answer=None,
            state=state,
            changes=[_change(notice, read_at=now, delivered_at=notice.delivered_at or now)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivery:
    """Ask that a letter, a call or a talk at the counter count as delivered now, as `by` says."""

    account_id: str
    notice_id: str
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the notices that these commands name."""
        return find_notices(connection, [command.notice_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Record it; raises a `Refusal`: "not-found", "notice-delivers-itself", "notice-delivered".

        A notice in the account is delivered by being listed, and nobody can say so for her.
        """
        notice = _require_of(state, self.notice_id, [self.account_id])
        if notice.channel == Channel.ACCOUNT:
            raise Refusal("notice-delivers-itself")
        if notice.delivered_at is not None:
            raise Refusal("notice-delivered")
        now = int(moment.now.timestamp())
        change = _change(notice, delivered_at=now, delivery_recorded_by=self.by)
        return Decision(answer=None, state=state, changes=[change])


_COLUMNS = [table_of(NoticeRow).c[name] for name in Notice.__slots__]
_NOTICES = select(*_COLUMNS)


def _read(connection: Connection, wanted: "Executable") -> list[Notice]:
    return [Notice(**row) for row in connection.execute(wanted).mappings()]


def _require_of(state: State, notice_id: str, account_ids: Collection[str]) -> Notice:
    notice = state.get(notice_id)
    if notice is None or notice.account_id not in account_ids:
        raise Refusal("not-found")
    return notice


def _change(notice: Notice, **values: object) -> Executable:
    return update(NoticeRow).where(col(NoticeRow.id) == notice.id).values(**values)


def _place(notice_id: str) -> bytes:
    return place(str(NoticeRow.__tablename__), notice_id, "sealed_facts")
