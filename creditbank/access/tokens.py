"""Bearer tokens: opaque, short-lived, never wider than the login or API key they come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, Executable, Row, Select, bindparam, delete, func, select, update
from sqlmodel import col

from creditbank.access.actor import Actor, Scope, read_scopes
from creditbank.access.api_keys import find_api_key_actor, is_stale
from creditbank.access.logins import of_account
from creditbank.access.secret_text import SecretKind, SecretText
from creditbank.access.tables import AccessTokenRow, ApiKeyRow, LoginRow
from creditbank.errors import Refusal
from creditbank.writer.command import Decision, Moment

LIFETIME = timedelta(hours=1)

_TOKEN: Select[*tuple[object, ...]] = (
    select(
        col(AccessTokenRow.secret_hash),
        col(AccessTokenRow.login_id),
        col(AccessTokenRow.api_key_id),
        col(AccessTokenRow.scopes),
        col(AccessTokenRow.expires_at),
        col(ApiKeyRow.institution_id).label("key_institution"),
        col(ApiKeyRow.revoked_at),
        col(ApiKeyRow.last_used_at),
        col(LoginRow.institution_id).label("login_institution"),
        func.coalesce(col(LoginRow.merged_into), col(LoginRow.account_id)).label("account_id"),
        col(LoginRow.disabled_at),
    )
    .outerjoin(ApiKeyRow, col(AccessTokenRow.api_key_id) == col(ApiKeyRow.id))
    .outerjoin(LoginRow, col(AccessTokenRow.login_id) == col(LoginRow.id))
    .where(col(AccessTokenRow.id) == bindparam("id"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A new token, shown this once."""

    text: str
    scopes: frozenset[Scope]
    lifetime: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken:
    """Ask for a token of an authenticated login or API key, for all of its scopes or for some."""

    actor: Actor
    wanted: frozenset[Scope] | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, IssuedToken]:
        """Make the token; raises `Refusal("scope-not-granted")` for more than the actor has."""
        scopes = self.actor.scopes if self.wanted is None else self.wanted
        if not scopes <= self.actor.scopes:
            beyond = sorted(scope.value for scope in scopes - self.actor.scopes)
            raise Refusal("scope-not-granted", scopes=beyond)
        token = SecretText.make(SecretKind.ACCESS_TOKEN, moment.entropy)
        now = int(moment.now.timestamp())
        is_key = self.actor.has_api_key
        row = {
            "id": token.id,
            "secret_hash": token.hash,
            "login_id": None if is_key else self.actor.id,
            "api_key_id": self.actor.id if is_key else None,
            "scopes": sorted(scope.value for scope in scopes),
            "issued_at": now,
            "expires_at": now + int(LIFETIME.total_seconds()),
        }
        expired = delete(AccessTokenRow).where(col(AccessTokenRow.expires_at) < now)
        return Decision(
            answer=IssuedToken(text=str(token), scopes=scopes, lifetime=LIFETIME),
            state=state,
            rows={AccessTokenRow: [row]},
            changes=[expired],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndToken:
    """Ask that a token end at once; a token that is unknown or over is ended already (RFC 7009)."""

    token: SecretText

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """End it."""
        ended = (
            update(AccessTokenRow)
            .where(
                col(AccessTokenRow.id) == self.token.id,
                col(AccessTokenRow.secret_hash) == self.token.hash,
            )
            .values(expires_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[ended])


def authenticate(connection: Connection, text: str, now: datetime) -> Actor:
    """Give the actor behind a bearer's text; raises `Refusal("unauthenticated")`."""
    presented = SecretText.parse(text)
    if presented.kind is SecretKind.API_KEY:
        return find_api_key_actor(connection, presented, now)
    row = _find(connection, presented.id)
    is_right = presented.matches(None if row is None else row.secret_hash)
    if row is None or not is_right or row.expires_at <= now.timestamp():
        raise Refusal("unauthenticated")
    return _actor(row, now)


def end_tokens_of_account(account_id: str) -> Executable:
    """Give the change that ends every token of the owner of an account."""
    logins = select(col(LoginRow.id)).where(of_account(account_id))
    return delete(AccessTokenRow).where(col(AccessTokenRow.login_id).in_(logins))


def end_tokens_of_login(login_id: str) -> Executable:
    """Give the change that ends every token of a login."""
    return delete(AccessTokenRow).where(col(AccessTokenRow.login_id) == login_id)


def is_known(connection: Connection, token: SecretText) -> bool:
    """Say whether there is such a token, over or not."""
    row = _find(connection, token.id)
    return token.matches(None if row is None else row.secret_hash)


def _find(connection: Connection, token_id: str) -> "Row[*tuple[object, ...]] | None":
    return connection.execute(_TOKEN, {"id": token_id}).one_or_none()


def _actor(row: "Row[*tuple[object, ...]]", now: datetime) -> Actor:
    if row.revoked_at is not None or row.disabled_at is not None:
        raise Refusal("unauthenticated")
    is_key = row.api_key_id is not None
    return Actor(
        id=row.api_key_id if is_key else row.login_id,
        scopes=read_scopes(row.scopes),
        institution_id=row.key_institution if is_key else row.login_institution,
        account_id=row.account_id,
        is_stale=is_key and is_stale(row.last_used_at, now),
    )
