"""API keys of institutions, each with its scopes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import col

from creditbank.access.actor import PROVIDER_SCOPES, Actor, Scope, read_scopes
from creditbank.access.secret_text import SecretKind, SecretText
from creditbank.access.tables import ApiKeyRow, LoginRow
from creditbank.among import among, rows_among
from creditbank.conversion.days import civil_day
from creditbank.database import table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.end import require_going
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions, find_institutions
from creditbank.institutions.tree import tree_on
from creditbank.writer.command import Decision, Moment

State = Mapping[str, History]
TEXT_LENGTH_MAX = 100
USED_EVERY = timedelta(hours=1)
"""How exactly it is known when a key was used last, so that a request rarely writes."""

_KEY = select(
    col(ApiKeyRow.institution_id),
    col(ApiKeyRow.scopes),
    col(ApiKeyRow.secret_hash),
    col(ApiKeyRow.last_used_at),
    col(ApiKeyRow.revoked_at),
).where(col(ApiKeyRow.id) == bindparam("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueApiKey:
    """Ask for a new API key of an institution; the answer is the key's text.

    `name` says which program it is for. With a `secret` (32 bytes) of the caller's the key has
    that one, so that he can show it again; a repetition is answered without it. `by` is the
    institution whose staff asks, None for the operator of the bank.
    """

    institution_id: str
    scopes: Collection[Scope] = PROVIDER_SCOPES
    name: str | None = None
    secret: bytes | None = None
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
        "institution-ended"; `InvalidInput` for a name that is none.
        """
        if problems := list(_text_problems("name", self.name)):
            raise InvalidInput(problems)
        if self.by is not None:
            tree_on(state, civil_day(moment.now)).require(self.by, self.institution_id)
        if self.institution_id not in state:
            raise Refusal("institution-unknown", institution=self.institution_id)
        require_going(state[self.institution_id], civil_day(moment.now))
        key = SecretText.make(SecretKind.API_KEY, moment.entropy)
        if self.secret is not None:
            key = key.having(self.secret)
        row: dict[str, object] = {
            "id": key.id,
            "institution_id": self.institution_id,
            "scopes": sorted(scope.value for scope in self.scopes),
            "secret_hash": key.hash,
            "name": self.name,
            "created_at": int(moment.now.timestamp()),
            "last_used_at": None,
            "revoked_at": None,
            "revoked_for": None,
        }
        return Decision(answer=str(key), state=state, rows={ApiKeyRow: [row]})

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep which key it was, never its secret."""
        return SecretText.parse(answer).without_secret

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the key again without its secret."""
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysState:
    """The keys that commands name with their institutions, and the tree for staff's commands."""

    keys: frozenset[tuple[str, str]]
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiKey:
    """Ask that a key of an institution open nothing any more; repeating it changes nothing.

    `reason` says why, to whoever looks at the keys. `by` is the institution whose staff asks, None
    for the operator of the bank.
    """

    institution_id: str
    key_id: str
    reason: str | None = None
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
        it is no longer in reach. Raises `InvalidInput` for a reason that is none.
        """
        if self.by is not None:
            tree_on(state.histories, civil_day(moment.now)).require(self.by, self.institution_id)
        if (self.institution_id, self.key_id) not in state.keys:
            raise Refusal("not-found")
        if problems := list(_text_problems("reason", self.reason)):
            raise InvalidInput(problems)
        revoked = (
            update(ApiKeyRow)
            .where(col(ApiKeyRow.id) == self.key_id, col(ApiKeyRow.revoked_at).is_(None))
            .values(revoked_at=int(moment.now.timestamp()), revoked_for=self.reason)
        )
        return Decision(answer=None, state=state, changes=[revoked])


@dataclass(frozen=True, slots=True, kw_only=True)
class UseApiKey:
    """Ask that a key be noted as used just now."""

    key_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Note it."""
        used = (
            update(ApiKeyRow)
            .where(col(ApiKeyRow.id) == self.key_id)
            .values(last_used_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[used])


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """What is known of an API key, its secret not; times are in seconds since 1970."""

    id: str
    name: str | None
    scopes: frozenset[Scope]
    created_at: int
    last_used_at: int | None
    revoked_at: int | None
    revoked_for: str | None


def keys_of_institution(connection: Connection, institution_id: str) -> list[HeldKey]:
    """Give an institution's keys, the newest first, those out of use too."""
    wanted = (
        select(*(table_of(ApiKeyRow).c[name] for name in HeldKey.__slots__))
        .where(col(ApiKeyRow.institution_id) == institution_id)
        .order_by(col(ApiKeyRow.created_at).desc(), col(ApiKeyRow.id))
    )
    return [
        HeldKey(**{**row, "scopes": read_scopes(row["scopes"])})
        for row in connection.execute(wanted).mappings()
    ]


def find_api_key_actor(connection: Connection, presented: SecretText, now: datetime) -> Actor:
    """Give the actor of an API key; raises `Refusal("unauthenticated")` alike for every fault."""
    row = connection.execute(_KEY, {"id": presented.id}).one_or_none()
    is_right = presented.matches(None if row is None else row.secret_hash)
    if row is None or not is_right or row.revoked_at is not None:
        raise Refusal("unauthenticated")
    return Actor(
        id=presented.id,
        scopes=read_scopes(row.scopes),
        institution_id=row.institution_id,
        is_stale=is_stale(row.last_used_at, now),
    )


def is_stale(last_used_at: int | None, now: datetime) -> bool:
    """Say whether it is time to note that a key was used."""
    return last_used_at is None or now.timestamp() - last_used_at >= USED_EVERY.total_seconds()


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


def _text_problems(field: str, text: str | None) -> Iterator[FieldProblem]:
    """Name what is wrong with a name or a reason."""
    if text is not None and not text.strip():
        yield FieldProblem(field=field, code="field-missing")
    if text is not None and len(text) > TEXT_LENGTH_MAX:
        facts = {"length_max": TEXT_LENGTH_MAX}
        yield FieldProblem(field=field, code="text-too-long", facts=facts)
