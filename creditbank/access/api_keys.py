"""API keys of institutions, each with its scopes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import col

from creditbank.access.actor import PROVIDER_SCOPES, Actor, Scope, read_scopes
from creditbank.access.secret_text import SecretKind, SecretText
from creditbank.access.tables import ApiKeyRow, LoginRow
from creditbank.among import among, rows_among
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.end import require_going
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions, find_institutions
from creditbank.institutions.tree import tree_on
from creditbank.writer.command import Decision, Moment

State = Mapping[str, History]

_KEY = select(
    col(ApiKeyRow.institution_id),
    col(ApiKeyRow.scopes),
    col(ApiKeyRow.secret_hash),
    col(ApiKeyRow.revoked_at),
).where(col(ApiKeyRow.id) == bindparam("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueApiKey:
    """Ask for a new API key of an institution; the answer is the key's text.

    `by` is the institution whose staff asks, None for the operator of the bank.
    """

    institution_id: str
    scopes: Collection[Scope] = PROVIDER_SCOPES
    by: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the institutions that these commands name, and the tree for staff's commands."""
        if any(command.by is not None for command in commands):
            return all_institutions(connection)
        return find_institutions(connection, {command.institution_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Make the key and store its hash; raises `Refusal`, also for one that has ended.

        Its codes: "not-found" beyond the subtree of `by`, "institution-unknown",
        "institution-ended".
        """
        if self.by is not None:
            tree_on(state, civil_day(moment.now)).require(self.by, self.institution_id)
        if self.institution_id not in state:
            raise Refusal("institution-unknown", institution=self.institution_id)
        require_going(state[self.institution_id], civil_day(moment.now))
        key = SecretText.make(SecretKind.API_KEY, moment.entropy)
        row = {
            "id": key.id,
            "institution_id": self.institution_id,
            "scopes": sorted(scope.value for scope in self.scopes),
            "secret_hash": key.hash,
            "created_at": int(moment.now.timestamp()),
            "revoked_at": None,
        }
        return Decision(answer=str(key), state=state, rows={ApiKeyRow: [row]})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysState:
    """The keys that commands name with their institutions, and the tree for staff's commands."""

    keys: frozenset[tuple[str, str]]
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiKey:
    """Ask that a key of an institution open nothing any more; repeating it changes nothing.

    `by` is the institution whose staff asks, None for the operator of the bank.
    """

    institution_id: str
    key_id: str
    by: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> KeysState:
        """Load which of these keys there are, and the tree for staff's commands."""
        named = {command.key_id for command in commands}
        rows = connection.execute(
            select(col(ApiKeyRow.institution_id), col(ApiKeyRow.id)).where(
                col(ApiKeyRow.id).in_(named)
            )
        )
        asked_by_staff = any(command.by is not None for command in commands)
        return KeysState(
            keys=frozenset((row.institution_id, row.id) for row in rows),
            histories=all_institutions(connection) if asked_by_staff else {},
        )

    def decide(self, state: KeysState, moment: Moment) -> Decision[KeysState, None]:
        """Revoke it; raises `Refusal("not-found")` alike for a foreign key and for none.

        The subtree of `by` is that of this moment, under the lock: who was just moved away from
        it is no longer in reach.
        """
        if self.by is not None:
            tree_on(state.histories, civil_day(moment.now)).require(self.by, self.institution_id)
        if (self.institution_id, self.key_id) not in state.keys:
            raise Refusal("not-found")
        revoked = (
            update(ApiKeyRow)
            .where(col(ApiKeyRow.id) == self.key_id, col(ApiKeyRow.revoked_at).is_(None))
            .values(revoked_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[revoked])


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """What is known of an API key, its secret not; times are in seconds since 1970."""

    id: str
    scopes: frozenset[Scope]
    created_at: int
    revoked_at: int | None


def keys_of_institution(connection: Connection, institution_id: str) -> list[HeldKey]:
    """Give an institution's keys, the newest first, those out of use too."""
    wanted = (
        select(
            col(ApiKeyRow.id),
            col(ApiKeyRow.scopes),
            col(ApiKeyRow.created_at),
            col(ApiKeyRow.revoked_at),
        )
        .where(col(ApiKeyRow.institution_id) == institution_id)
        .order_by(col(ApiKeyRow.created_at).desc(), col(ApiKeyRow.id))
    )
    return [
        HeldKey(
            id=row.id,
            scopes=read_scopes(row.scopes),
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )
        for row in connection.execute(wanted)
    ]


def find_api_key_actor(connection: Connection, presented: SecretText) -> Actor:
    """Give the actor of an API key; raises `Refusal("unauthenticated")` alike for every fault."""
    row = connection.execute(_KEY, {"id": presented.id}).one_or_none()
    is_right = presented.matches(None if row is None else row.secret_hash)
    if row is None or not is_right or row.revoked_at is not None:
        raise Refusal("unauthenticated")
    return Actor(id=presented.id, scopes=read_scopes(row.scopes), institution_id=row.institution_id)


_INSTITUTIONS = [
    select(col(table.id), col(table.institution_id)).where(among(col(table.id)))
    for table in (ApiKeyRow, LoginRow)
]


def institutions_of_credentials(
    connection: Connection, ids: Collection[str]
) -> dict[str, str | None]:
    """Give the institution of each of these API keys and logins, those out of use too."""
    found: dict[str, str | None] = {}
    for wanted in _INSTITUTIONS:
        rows = rows_among(connection, wanted, ids)
        found.update((row["id"], row["institution_id"]) for row in rows)
    return found
