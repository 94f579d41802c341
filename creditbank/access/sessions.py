"""Sessions of people at the pages: the text in a cookie, a hash of it here, revocable at any time.

What a session may do is not stored with it: a role that is taken away is gone at the next click.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from sqlalchemy import Connection, Executable, Row, delete, not_, or_, select, update
from sqlmodel import col

from creditbank.access.actor import Actor
from creditbank.access.logins import actor_of, of_account
from creditbank.access.secret_text import SecretKind, SecretText
from creditbank.access.tables import LoginRow, SessionRow
from creditbank.errors import Refusal
from creditbank.writer.command import Decision, Moment

IDLE = timedelta(hours=1)
"""How long a session lasts without a click: as long as somebody slow needs for one page."""
LIFETIME = timedelta(hours=12)
"""How long a session lasts at most: one working day."""
KNOWN_FOR = timedelta(days=1)
"""How long it is known whose a session was, so that what she was typing is kept for her alone."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was seen last, so that a click rarely writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSession:
    """A session that holds; without proof of what her login asks for, it opens nothing."""

    id: str
    actor: Actor
    is_proven: bool
    seen_at: datetime

    @property
    def is_staff(self) -> bool:
        """Say whether it is one of staff, who are asked for a second factor."""
        return self.actor.account_id is None

    def is_stale(self, now: datetime) -> bool:
        """Say whether it is time to note that it was seen."""
        return now - self.seen_at >= SEEN_EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSession:
    """Ask for a new session in the place of the one that the browser had, if any.

    Each start draws a new secret: one that somebody planted beforehand opens nothing afterwards.
    """

    login_id: str
    is_proven: bool
    replaces: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, SecretText]:
        """Start it; those that are over for a day are forgotten."""
        text = SecretText.make(SecretKind.SESSION, moment.entropy)
        now = int(moment.now.timestamp())
        row = {
            "id": text.id,
            "secret_hash": text.hash,
            "login_id": self.login_id,
            "is_proven": self.is_proven,
            "started_at": now,
            "seen_at": now,
            "expires_at": now + int(LIFETIME.total_seconds()),
        }
        forgotten = now - int(KNOWN_FOR.total_seconds())
        over = or_(col(SessionRow.expires_at) <= forgotten, col(SessionRow.id) == self.replaces)
        return Decision(
            answer=text,
            state=state,
            rows={SessionRow: [row]},
            changes=[delete(SessionRow).where(over)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSession:
    """Ask that a session be noted as seen just now."""

    session_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Note it."""
        seen = (
            update(SessionRow)
            .where(col(SessionRow.id) == self.session_id)
            .values(seen_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[seen])


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """Ask that a session end at once; one that is over is ended already."""

    session_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """End it."""
        del moment
        ended = delete(SessionRow).where(col(SessionRow.id) == self.session_id)
        return Decision(answer=None, state=state, changes=[ended])


def find_session(connection: Connection, text: str, now: datetime) -> PageSession | None:
    """Give the session of a cookie's text, None where none holds."""
    row = _presented(connection, text)
    if row is None or _is_over(row, now):
        return None
    return PageSession(
        id=SecretText.parse(text).id,
        actor=actor_of(row),
        is_proven=row.is_proven,
        seen_at=datetime.fromtimestamp(row.seen_at, UTC),
    )


def find_ended_session(connection: Connection, text: str, now: datetime) -> str | None:
    """Give the login whose session, all its steps done, ended by itself; None for any other."""
    row = _presented(connection, text)
    return row.id if row is not None and row.is_proven and _is_over(row, now) else None


def end_sessions_of_account(account_id: str) -> Executable:
    """Give the change that ends every session of the owner of an account."""
    logins = select(col(LoginRow.id)).where(of_account(account_id))
    return delete(SessionRow).where(col(SessionRow.login_id).in_(logins))


def end_other_sessions(login_id: str, kept_id: str | None) -> Executable:
    """Give the change that ends every session of a login but the one that is kept, if any."""
    is_kept = col(SessionRow.id) == (kept_id or "")
    return delete(SessionRow).where(col(SessionRow.login_id) == login_id, not_(is_kept))


def _presented(connection: Connection, text: str) -> "Row[*tuple[object, ...]] | None":
    """Give the row of a cookie's text where its secret is right and its login may be used."""
    try:
        presented = SecretText.parse(text)
    except Refusal:
        return None
    if presented.kind is not SecretKind.SESSION:
        return None
    row = _find(connection, presented.id)
    is_right = presented.matches(None if row is None else row.secret_hash)
    return row if row is not None and is_right and row.disabled_at is None else None


def _find(connection: Connection, session_id: str) -> "Row[*tuple[object, ...]] | None":
    wanted = (
        select(
            col(SessionRow.secret_hash),
            col(SessionRow.is_proven),
            col(SessionRow.seen_at),
            col(SessionRow.expires_at),
            col(LoginRow.id),
            col(LoginRow.scopes),
            col(LoginRow.roles),
            col(LoginRow.institution_id),
            col(LoginRow.account_id),
            col(LoginRow.merged_into),
            col(LoginRow.disabled_at),
        )
        .join_from(SessionRow, LoginRow)
        .where(col(SessionRow.id) == session_id)
    )
    return connection.execute(wanted).one_or_none()


def _is_over(row: "Row[*tuple[object, ...]]", now: datetime) -> bool:
    moment = now.timestamp()
    return bool(row.expires_at <= moment or row.seen_at + IDLE.total_seconds() <= moment)
