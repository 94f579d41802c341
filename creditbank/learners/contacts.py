"""Contacts of a learner: optional, as many as she has, and shared by whoever shares a phone.

Phone and address lie under her key; nobody is found by them. A contact that was checked raises the
identity level to 1; whose last checked one is taken away falls back to 0.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, Executable, delete, select, update
from sqlmodel import SQLModel, col

from creditbank.among import among, rows_among
from creditbank.conversion.days import civil_day
from creditbank.database import table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.account_state import require_in_use
from creditbank.learners.notices import Channel, NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import AccountRow, ContactRow
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import new_id

CONTACTS_MAX = 20
LEVEL_CONTACT_CHECKED = 1
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,24}", re.ASCII)
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
_EMAIL_LENGTH_MAX = 254  # RFC 5321, section 4.5.3.1


class ContactKind(StrEnum):
    """By what a learner is reached."""

    PHONE = "phone"
    EMAIL = "email"


class CheckedHow(StrEnum):
    """How one of the staff checked that a contact leads to her."""

    CALLED = "called"  # 去电核对
    SEEN = "seen"  # 当面核对: at the counter, on her own device


CHECKED_BY_CODE = "code"  # 验证码核对: she typed the code that was sent to it
CHANNELS = {ContactKind.PHONE.value: Channel.PHONE, ContactKind.EMAIL.value: Channel.EMAIL}
"""By which channel a notice goes to a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A stored contact; what it is lies under seal. Times are seconds since 1970."""

    id: str
    account_id: str
    kind: str
    added_at: int
    added_by: str
    checked_how: str | None
    checked_at: int | None
    checked_by: str | None
    sealed_contact: bytes
    code_tag: bytes | None = None
    code_expires_at: int | None = None
    code_tries_left: int | None = None

    def text(self, key: AccountKey) -> str:
        """Open the number or address; raises `SealBroken`."""
        return key.open(_place(self.id), self.sealed_contact).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Accounts and their contacts, by account."""

    accounts: Mapping[str, StoredAccount]
    contacts: Mapping[str, Sequence[Contact]]

    def require(self, account_id: str) -> Sequence[Contact]:
        """Give the contacts of an account in use; raises a `Refusal` for another."""
        account = self.accounts.get(account_id)
        require_in_use(None if account is None else account.state)
        return self.contacts.get(account_id, ())

    def require_named(self, account_id: str, contact_id: str) -> Contact:
        """Give one contact of an account in use; raises a `Refusal` for another's."""
        found = [one for one in self.require(account_id) if one.id == contact_id]
        if not found:
            raise Refusal("not-found")
        return found[0]

    def with_contacts(self, account_id: str, contacts: Sequence[Contact]) -> "State":
        """Give what is known once an account has these contacts."""
        return State(accounts=self.accounts, contacts={**self.contacts, account_id: contacts})


@dataclass(frozen=True, slots=True, kw_only=True)
class AddContact:
    """Ask that a learner be reached by this too."""

    key: AccountKey
    kind: str
    text: str
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their contacts."""
        return load_contacts(connection, [command.key.account_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Add it; the answer is its id. The same contact again is the one there is."""
        self._require_sound()
        own = state.require(self.key.account_id)
        for one in own:
            if one.kind == self.kind and one.text(self.key) == self.text:
                return Decision(answer=one.id, state=state)
        if len(own) >= CONTACTS_MAX:
            raise Refusal("contacts-too-many", most=CONTACTS_MAX)
        contact_id = new_id(moment.now, moment.entropy).hex()
        added = Contact(
            id=contact_id,
            account_id=self.key.account_id,
            kind=self.kind,
            added_at=int(moment.now.timestamp()),
            added_by=self.by,
            checked_how=None,
            checked_at=None,
            checked_by=None,
            sealed_contact=self.key.seal(_place(contact_id), self.text.encode(), moment.entropy),
        )
        row = {name: getattr(added, name) for name in Contact.__slots__}
        return Decision(
            answer=contact_id,
            state=state.with_contacts(self.key.account_id, [*own, added]),
            rows={ContactRow: [row]},
        )

    def _require_sound(self) -> None:
        known = tuple(one.value for one in ContactKind)
        if self.kind not in known:
            facts = {"known": known}
            raise InvalidInput([FieldProblem(field="kind", code="kind-unknown", facts=facts)])
        if self.kind == ContactKind.PHONE and _PHONE.fullmatch(self.text) is None:
            raise InvalidInput([FieldProblem(field="contact", code="phone-wrong")])
        is_long = len(self.text) > _EMAIL_LENGTH_MAX
        if self.kind == ContactKind.EMAIL and (is_long or _EMAIL.fullmatch(self.text) is None):
            raise InvalidInput([FieldProblem(field="contact", code="email-wrong")])


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveContact:
    """Ask that a contact be forgotten."""

    account_id: str
    contact_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their contacts."""
        return load_contacts(connection, [command.account_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Forget it; the level falls with the last checked one."""
        del moment
        removed = state.require_named(self.account_id, self.contact_id)
        left = [one for one in state.contacts[self.account_id] if one.id != removed.id]
        changes: list[Executable] = [delete(ContactRow).where(col(ContactRow.id) == removed.id)]
        if removed.checked_at is not None and all(one.checked_at is None for one in left):
            changes.append(_set_level(self.account_id, 0, only_from=LEVEL_CONTACT_CHECKED))
        return Decision(
            answer=None, state=state.with_contacts(self.account_id, left), changes=changes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContact:
    """Ask that a contact count as checked, as a member of staff says who did it."""

    key: AccountKey
    contact_id: str
    how: str
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their contacts."""
        return load_contacts(connection, [command.key.account_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Note it, raise the level to 1, and tell her."""
        known = tuple(one.value for one in CheckedHow)
        if self.how not in known:
            facts = {"known": known}
            raise InvalidInput([FieldProblem(field="how", code="how-unknown", facts=facts)])
        contact = state.require_named(self.key.account_id, self.contact_id)
        return Decision(
            answer=None,
            state=state,
            changes=checked(contact, self.how, self.by, moment),
            rows=checked_notice(contact, self.key, moment),
        )


def checked(contact: Contact, how: str, by: str, moment: Moment) -> list[Executable]:
    """Give the changes by which a contact counts as checked: its level becomes 1 at least."""
    values = {"checked_how": how, "checked_at": int(moment.now.timestamp()), "checked_by": by}
    return [
        update(ContactRow).where(col(ContactRow.id) == contact.id).values(**values),
        _set_level(contact.account_id, LEVEL_CONTACT_CHECKED, only_from=0),
    ]


def checked_notice(contact: Contact, key: AccountKey, moment: Moment) -> dict[type[SQLModel], Rows]:
    """Give the rows by which its learner is told in her account."""
    facts = {"day": civil_day(moment.now).isoformat(), "contact": contact.text(key)}
    subject = NoticeSubject.CONTACT_CHECKED
    return notice_rows(draft_notice(key, subject=subject, facts=facts, moment=moment))


_OF_ACCOUNTS = (
    select(*(table_of(ContactRow).c[name] for name in Contact.__slots__))
    .where(among(col(ContactRow.account_id)))
    .order_by(col(ContactRow.id))
)


def contacts_of(
    connection: Connection, account_ids: Collection[str]
) -> dict[str, Sequence[Contact]]:
    """Give the contacts of those of these accounts that have any, oldest first."""
    found: dict[str, list[Contact]] = {}
    for row in rows_among(connection, _OF_ACCOUNTS, account_ids):
        found.setdefault(row["account_id"], []).append(Contact(**row))
    return dict(found)


def level_by_contacts(contacts: Sequence[Contact]) -> int:
    """Give the identity level that contacts alone give."""
    return LEVEL_CONTACT_CHECKED if any(one.checked_at is not None for one in contacts) else 0


def load_contacts(connection: Connection, account_ids: Collection[str]) -> State:
    """Load these accounts and their contacts."""
    return State(
        accounts=find_accounts(connection, set(account_ids)),
        contacts=contacts_of(connection, set(account_ids)),
    )


def _set_level(account_id: str, level: int, *, only_from: int) -> Executable:
    """Give a change of the level; one that a document gave is not touched."""
    return (
        update(AccountRow)
        .where(col(AccountRow.id) == account_id, col(AccountRow.identity_level) == only_from)
        .values(identity_level=level)
    )


def _place(contact_id: str) -> bytes:
    return place(str(ContactRow.__tablename__), contact_id, "sealed_contact")
