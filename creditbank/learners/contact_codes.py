"""Check a contact by a code 验证码 that goes to it alone: whoever types it is reached there.

The code stands in a notice that goes by the contact and is never shown in the account. Three wrong
tries lock it until its time is over, so that nobody guesses on with codes sent anew.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, Executable, update
from sqlmodel import col

from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import LookupKind, VaultSecrets
from creditbank.learners.contacts import (
    CHANNELS,
    CHECKED_BY_CODE,
    Contact,
    State,
    checked,
    checked_notice,
    load_contacts,
)
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.tables import ContactRow
from creditbank.learners.typed_codes import new_code, symbols_of
from creditbank.writer.command import Decision, Moment

LENGTH = 8
LIFETIME = timedelta(days=3)
"""From the request on: staff have to bring the notice to its contact within it."""

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContactCode:
    """Ask that a code go to a contact of one's own; while one is on its way it stays the one."""

    key: AccountKey
    contact_id: str
    secrets: VaultSecrets

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their contacts."""
        return load_contacts(connection, [command.key.account_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, int]:
        """Send it; the answer is until when it holds (seconds since 1970).

        Raises a `Refusal`: "not-found", "contact-is-checked", "contact-code-locked", and what an
        account that is not in use is refused with.
        """
        contact = state.require_named(self.key.account_id, self.contact_id)
        if contact.checked_at is not None:
            raise Refusal("contact-is-checked")
        if (expires_at := _expires(contact, moment)) is not None:
            _require_unlocked(contact)
            return Decision(answer=expires_at, state=state)
        code = new_code(moment.entropy, LENGTH)
        sent = replace(
            contact,
            code_tag=_code_tag(self.secrets, contact.id, code),
            code_expires_at=int((moment.now + LIFETIME).timestamp()),
            code_tries_left=TRIES,
        )
        return Decision(
            answer=sent.code_expires_at or 0,
            state=_with(state, sent),
            changes=[_set_code(sent)],
            rows=notice_rows(self._notice(sent, code, moment)),
        )

    def _notice(self, contact: Contact, code: str, moment: Moment) -> dict[str, object]:
        return draft_notice(
            self.key,
            subject=NoticeSubject.CONTACT_CODE,
            facts={
                "code": code,
                "contact": contact.text(self.key),
                "until": _civil(contact.code_expires_at or 0),
            },
            channel=CHANNELS[contact.kind],
            moment=moment,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmContact:
    """Ask that a contact count as checked, by the code that was sent to it."""

    key: AccountKey
    contact_id: str
    code: str
    by: str
    secrets: VaultSecrets

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their contacts."""
        return load_contacts(connection, [command.key.account_id for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, int | None]:
        """Note it, raise the level to 1, and tell her; a wrong code answers the tries left.

        Raises a `Refusal`: "not-found", "contact-code-over" where no code holds,
        "contact-code-locked", and what an account that is not in use is refused with.
        """
        contact = state.require_named(self.key.account_id, self.contact_id)
        if _expires(contact, moment) is None:
            raise Refusal("contact-code-over")
        tries_left = _require_unlocked(contact)
        given = _code_tag(self.secrets, contact.id, self.code)
        if not hmac.compare_digest(contact.code_tag or b"", given):
            wrong = replace(contact, code_tries_left=tries_left - 1)
            return Decision(
                answer=tries_left - 1, state=_with(state, wrong), changes=[_set_code(wrong)]
            )
        done = replace(
            contact,
            checked_at=int(moment.now.timestamp()),
            code_tag=None,
            code_expires_at=None,
            code_tries_left=None,
        )
        return Decision(
            answer=None,
            state=_with(state, done),
            changes=[_set_code(done), *checked(contact, CHECKED_BY_CODE, self.by, moment)],
            rows=checked_notice(contact, self.key, moment),
        )


def _expires(contact: Contact, moment: Moment) -> int | None:
    """Give until when a code holds that was sent; None where there is none, or its time is over."""
    expires_at = contact.code_expires_at
    if contact.code_tag is None or expires_at is None or expires_at <= moment.now.timestamp():
        return None
    return expires_at


def _require_unlocked(contact: Contact) -> int:
    """Give how many tries are left; raises `Refusal("contact-code-locked")` at none."""
    if not contact.code_tries_left:
        raise Refusal("contact-code-locked", until=_civil(contact.code_expires_at or 0))
    return contact.code_tries_left


def _civil(seconds: int) -> str:
    """Give a time as a person in China reads it, to the minute."""
    return f"{datetime.fromtimestamp(seconds, CIVIL_TIME):%Y-%m-%d %H:%M}"


def _code_tag(secrets: VaultSecrets, contact_id: str, code: str) -> bytes:
    """Give the keyed hash of a code as typed."""
    return secrets.lookup_tag(LookupKind.CONTACT_CODE, contact_id, symbols_of(code))


def _with(state: State, changed: Contact) -> State:
    own = state.contacts[changed.account_id]
    given = [changed if one.id == changed.id else one for one in own]
    return state.with_contacts(changed.account_id, given)


def _set_code(contact: Contact) -> Executable:
    return (
        update(ContactRow)
        .where(col(ContactRow.id) == contact.id)
        .values(
            code_tag=contact.code_tag,
            code_expires_at=contact.code_expires_at,
            code_tries_left=contact.code_tries_left,
        )
    )
