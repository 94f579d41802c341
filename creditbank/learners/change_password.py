"""A learner changes her password: wherever else she was signed in she is signed out, and told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from creditbank.access.logins import set_password_of
from creditbank.access.sessions import end_other_sessions
from creditbank.access.tokens import end_tokens_of_login
from creditbank.conversion.days import civil_day
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """Ask for another password of a login, whose owner showed the one that she had.

    `keeps_session` is the session in which she does it; all others end, and every token.
    """

    key: AccountKey
    login_id: str
    password_hash: str
    keeps_session: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Change it."""
        notice = draft_notice(
            self.key,
            subject=NoticeSubject.PASSWORD_CHANGED,
            facts={"day": civil_day(moment.now).isoformat()},
            moment=moment,
        )
        return Decision(
            answer=None,
            state=state,
            changes=[
                set_password_of(self.login_id, self.password_hash),
                end_tokens_of_login(self.login_id),
                end_other_sessions(self.login_id, self.keeps_session),
            ],
            rows=notice_rows(notice),
        )
