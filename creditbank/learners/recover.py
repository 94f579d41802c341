"""Recover an account 找回账户: for whoever lost her password and stands at a counter.

One of the staff sees her document and starts; another confirms, and a code is printed with which
she sets a new password. She is told by every contact that is known, and can end it herself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.access.logins import set_password
from creditbank.access.sessions import end_sessions_of_account
from creditbank.access.tokens import end_tokens_of_account
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.account_state import SIGNED_IN_TO, AccountState
from creditbank.learners.claim_codes import LENGTH
from creditbank.learners.contacts import CHANNELS, Contact
from creditbank.learners.notices import Channel, NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import StoredAccount
from creditbank.learners.recoveries import (
    LIFETIME,
    TRIES,
    Recoveries,
    Recovery,
    RecoveryState,
    change_recovery,
    document_place,
    end_live,
    load_recoveries,
    recovery_row,
    recovery_tag,
)
from creditbank.learners.tables import RecoveryRow
from creditbank.learners.typed_codes import code_of
from creditbank.writer.command import Decision, Moment
from ledger.leaf import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """Somebody to be told by staff: the notice whose delivery is then recorded, and where to."""

    notice_id: str
    channel: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedRecovery:
    """A recovery that a second person has to confirm by `expires_at` (seconds since 1970)."""

    id: str
    expires_at: int
    to_tell: Sequence[ToTell]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedRecovery:
    """The code to be printed, shown this once, and until when it holds (seconds since 1970)."""

    code: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecovery:
    """Ask that an account be recovered, whose learner showed `document`; an earlier try ends."""

    key: AccountKey
    document: str
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Recoveries:
        """Load the accounts, their contacts and recoveries."""
        return load_recoveries(connection, {one.key.account_id for one in commands})

    def decide(self, state: Recoveries, moment: Moment) -> Decision[Recoveries, StartedRecovery]:
        """Start it, and tell her by the account and by every contact.

        Raises `Refusal("account-not-recoverable")` where nobody signs in to the account.
        """
        account_id = self.key.account_id
        _require_signed_in_to(state.accounts.get(account_id))
        recovery_id = new_id(moment.now, moment.entropy).hex()
        started = Recovery(
            id=recovery_id,
            account_id=account_id,
            state=RecoveryState.STARTED.value,
            started_by=self.by,
            started_at=int(moment.now.timestamp()),
            confirmed_by=None,
            confirmed_at=None,
            expires_at=int((moment.now + LIFETIME).timestamp()),
            code_tag=None,
            tries_left=TRIES,
            sealed_document=self.key.seal(
                document_place(recovery_id), self.document.encode(), moment.entropy
            ),
        )
        contacts = state.contacts.get(account_id, ())
        told = [self._notice(one, moment) for one in (None, *contacts)]
        to_tell = [
            ToTell(
                notice_id=str(row["id"]), channel=str(row["channel"]), contact=one.text(self.key)
            )
            for one, row in zip(contacts, told[1:], strict=True)
        ]
        return Decision(
            answer=StartedRecovery(id=recovery_id, expires_at=started.expires_at, to_tell=to_tell),
            state=state.with_ended(account_id).with_changed(started),
            changes=[end_live(account_id)],
            rows={RecoveryRow: [recovery_row(started)], **notice_rows(*told)},
        )

    def _notice(self, contact: Contact | None, moment: Moment) -> dict[str, object]:
        by = "" if contact is None else contact.text(self.key)
        return draft_notice(
            self.key,
            subject=NoticeSubject.RECOVERY_STARTED,
            facts={"day": civil_day(moment.now).isoformat(), "contact": by},
            channel=Channel.ACCOUNT if contact is None else CHANNELS[contact.kind],
            moment=moment,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRecovery:
    """Ask that what another of the staff started go on: the answer is the code to be printed.

    It is made of the `secret` (32 bytes) of who asks, so that he can show it again.
    """

    account_id: str
    recovery_id: str
    by: str
    secrets: VaultSecrets
    secret: bytes

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Recoveries:
        """Load the accounts, their contacts and recoveries."""
        return load_recoveries(connection, {one.account_id for one in commands})

    def decide(self, state: Recoveries, moment: Moment) -> Decision[Recoveries, ConfirmedRecovery]:
        """Confirm it.

        Raises a `Refusal`: "not-found", "recovery-over", "recovery-needs-another".
        """
        found = state.require(self.account_id, self.recovery_id)
        if found.state != RecoveryState.STARTED or not found.is_live(moment):
            raise Refusal("recovery-over")
        if found.started_by == self.by:
            raise Refusal("recovery-needs-another")
        _require_signed_in_to(state.accounts.get(self.account_id))
        code = self.code
        confirmed = replace(
            found,
            state=RecoveryState.CONFIRMED.value,
            confirmed_by=self.by,
            confirmed_at=int(moment.now.timestamp()),
            expires_at=int((moment.now + LIFETIME).timestamp()),
            code_tag=recovery_tag(self.secrets, code),
        )
        return Decision(
            answer=ConfirmedRecovery(code=code, expires_at=confirmed.expires_at),
            state=state.with_changed(confirmed),
            changes=[change_recovery(found.id, **recovery_row(confirmed))],
        )

    @property
    def code(self) -> str:
        """The code to be printed."""
        return code_of(self.secret, LENGTH)

    @classmethod
    def remember(cls, answer: ConfirmedRecovery) -> str:
        """Keep until when the code holds, never the code."""
        return str(answer.expires_at)

    @classmethod
    def recall(cls, result: str) -> ConfirmedRecovery:
        """Give the answer again without the code."""
        return ConfirmedRecovery(code="", expires_at=int(result))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword:
    """Ask for a new password by the code on paper; the answer says whether it was set.

    Three wrong codes lock the recovery, not the account.
    """

    key: AccountKey
    code_tag: bytes
    password_hash: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Recoveries:
        """Load the accounts, their contacts and recoveries."""
        return load_recoveries(connection, {one.key.account_id for one in commands})

    def decide(self, state: Recoveries, moment: Moment) -> Decision[Recoveries, bool]:
        """Set it and end every token; raises `Refusal("recovery-refused")` for every fault."""
        account = state.accounts.get(self.key.account_id)
        recoveries = state.of_account.get(self.key.account_id, ())
        live = [one for one in recoveries if one.code_tag is not None and one.is_live(moment)]
        if account is None or account.state not in SIGNED_IN_TO or not live:
            raise Refusal("recovery-refused")
        recovery = live[-1]
        if not recovery.tries_left:
            raise Refusal("recovery-refused")
        if not recovery.has_code(self.code_tag):
            wrong = replace(recovery, tries_left=recovery.tries_left - 1)
            return Decision(
                answer=False,
                state=state.with_changed(wrong),
                changes=[change_recovery(recovery.id, tries_left=wrong.tries_left)],
            )
        used = replace(recovery, state=RecoveryState.USED.value, code_tag=None, tries_left=0)
        return Decision(
            answer=True,
            state=state.with_changed(used),
            changes=[
                change_recovery(recovery.id, state=used.state, code_tag=None, tries_left=0),
                set_password(self.key.account_id, self.password_hash),
                end_tokens_of_account(self.key.account_id),
                end_sessions_of_account(self.key.account_id),
            ],
            rows=notice_rows(
                draft_notice(
                    self.key,
                    subject=NoticeSubject.PASSWORD_RECOVERED,
                    facts={"day": civil_day(moment.now).isoformat()},
                    moment=moment,
                )
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRecovery:
    """Ask that a recovery lead to nothing: the learner did not want it."""

    account_id: str
    recovery_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Recoveries:
        """Load the accounts, their contacts and recoveries."""
        return load_recoveries(connection, {one.account_id for one in commands})

    def decide(self, state: Recoveries, moment: Moment) -> Decision[Recoveries, None]:
        """End it; raises a `Refusal`: "not-found", "recovery-over"."""
        found = state.require(self.account_id, self.recovery_id)
        if not found.is_live(moment):
            raise Refusal("recovery-over")
        return Decision(
            answer=None,
            state=state.with_ended(self.account_id),
            changes=[end_live(self.account_id)],
        )


def _require_signed_in_to(account: StoredAccount | None) -> None:
    """Refuse what nobody signs in to: an unclaimed account is claimed, not recovered."""
    states = SIGNED_IN_TO - {AccountState.UNCLAIMED}
    if account is None or account.state not in states:
        raise Refusal("account-not-recoverable")
