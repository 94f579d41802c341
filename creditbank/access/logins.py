"""Logins of people: staff of an institution by a name, citizens by their account number."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import ColumnElement, Connection, Executable, Row, or_, select, update
from sqlmodel import SQLModel, col

from creditbank.access.actor import CITIZEN_SCOPES, LOGIN_PREFIX, Actor, Scope, read_scopes
from creditbank.access.passwords import is_password
from creditbank.access.roles import Role, scopes_of
from creditbank.access.tables import LoginRow
from creditbank.among import among, rows_among
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.end import require_going
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.keystore.account_key import is_account_number
from creditbank.keystore.store import KeyStore
from creditbank.writer.command import AnsweredById, Decision, Moment, Rows

_ID_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The names that are taken, and the histories of all institutions."""

    names: frozenset[str]
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStaffLogin(AnsweredById):
    """Ask that a member of an institution's staff may sign in by this name.

    `by` is the institution whose staff asks, None for the operator of the bank.
    """

    name: str
    password_hash: str
    institution_id: str
    scopes: frozenset[Scope] = frozenset()
    roles: frozenset[Role] = frozenset()
    by: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load which of these names are taken, and the tree of institutions."""
        named = {command.name for command in commands}
        taken = connection.scalars(select(col(LoginRow.name)).where(col(LoginRow.name).in_(named)))
        return State(
            names=frozenset(name for name in taken if name is not None),
            histories=all_institutions(connection),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Create it; the answer is its id.

        Raises `Refusal`: "not-found" beyond the subtree of `by`, "institution-unknown",
        "institution-ended", "login-exists"; `InvalidInput` for a name that is none.
        """
        self._require_institution(state, civil_day(moment.now))
        if problems := [*self._name_problems()]:
            raise InvalidInput(problems)
        if self.name in state.names:
            raise Refusal("login-exists")
        row = _row(self.password_hash, self.scopes, moment)
        row |= {"name": self.name, "institution_id": self.institution_id}
        row |= {"roles": sorted(role.value for role in self.roles)}
        known = replace(state, names=state.names | {self.name})
        return Decision(answer=str(row["id"]), state=known, rows={LoginRow: [row]})

    def _require_institution(self, state: State, day: date) -> None:
        if self.by is not None:
            tree_on(state.histories, day).require(self.by, self.institution_id)
        if self.institution_id not in state.histories:
            raise Refusal("institution-unknown", institution=self.institution_id)
        require_going(state.histories[self.institution_id], day)

    def _name_problems(self) -> Iterator[FieldProblem]:
        """Refuse a name that is blank, or that would be read as an account number."""
        if not self.name.strip() or self.name != self.name.strip():
            yield FieldProblem(field="name", code="field-missing")
        elif is_account_number("".join(self.name.split())):
            yield FieldProblem(field="name", code="login-name-is-number")


def citizen_login(
    account_id: str, password_hash: str, moment: Moment
) -> dict[type[SQLModel], Rows]:
    """Give the rows by which the owner of an account may sign in."""
    row = _row(password_hash, CITIZEN_SCOPES, moment)
    return {LoginRow: [{**row, "account_id": account_id}]}


def set_login_disabled(account_id: str, disabled_at: int | None) -> Executable:
    """Give the change by which a citizen's sign-in ends, with all her tokens, or begins again."""
    return update(LoginRow).where(of_account(account_id)).values(disabled_at=disabled_at)


def set_password(account_id: str, password_hash: str) -> Executable:
    """Give the change by which the owner of an account signs in with another password."""
    return update(LoginRow).where(of_account(account_id)).values(password_hash=password_hash)


def set_password_of(login_id: str, password_hash: str) -> Executable:
    """Give the change by which one login has another password."""
    return update(LoginRow).where(col(LoginRow.id) == login_id).values(password_hash=password_hash)


def lead_login_over(merged_id: str, survivor_id: str | None) -> Executable:
    """Give the change by which who signs in to a merged account acts in the one that goes on.

    With None she acts in her own account again.
    """
    return (
        update(LoginRow)
        .where(col(LoginRow.account_id) == merged_id)
        .values(merged_into=survivor_id)
    )


def of_account(account_id: str) -> ColumnElement[bool]:
    """Choose the logins that act in an account: its own, and those of accounts merged into it."""
    return or_(col(LoginRow.account_id) == account_id, col(LoginRow.merged_into) == account_id)


def sign_in(connection: Connection, keystore: KeyStore, name: str, password: str) -> Actor:
    """Give the actor of a name (or account number) and password.

    Raises `Refusal("sign-in-refused")` alike for every fault, after the same time.
    """
    row = _find(connection, keystore, name)
    is_right = is_password(password, None if row is None else row.password_hash)
    if row is None or not is_right or row.disabled_at is not None:
        raise Refusal("sign-in-refused")
    return actor_of(row)


def require_password(connection: Connection, login_id: str, password: str) -> None:
    """Raise `Refusal("sign-in-refused")` for a password that is not that of a login."""
    wanted = select(col(LoginRow.password_hash)).where(col(LoginRow.id) == login_id)
    if not is_password(password, connection.scalar(wanted)):
        raise Refusal("sign-in-refused")


def actor_of(row: "Row[*tuple[object, ...]]") -> Actor:
    """Give who acts with a login, by its row: what she may do follows from her roles of today."""
    return Actor(
        id=row.id,
        scopes=read_scopes(row.scopes) | scopes_of(*map(Role, row.roles or ())),
        institution_id=row.institution_id,
        account_id=row.merged_into or row.account_id,
    )


def _find(
    connection: Connection, keystore: KeyStore, name: str
) -> "Row[*tuple[object, ...]] | None":
    wanted = select(
        col(LoginRow.id),
        col(LoginRow.scopes),
        col(LoginRow.roles),
        col(LoginRow.institution_id),
        col(LoginRow.account_id),
        col(LoginRow.merged_into),
        col(LoginRow.password_hash),
        col(LoginRow.disabled_at),
    )
    number = "".join(name.split())
    if not is_account_number(number):
        return connection.execute(wanted.where(col(LoginRow.name) == name)).one_or_none()
    own = keystore.account_of_number(number)
    key = None if own is None else keystore.find_by_number(number)
    if key is None:
        return None
    # A number that was merged keeps its own password; without one, that of the other account.
    found = connection.execute(wanted.where(of_account(key.account_id)))
    ranked = sorted(found, key=lambda row: (row.account_id != own, row.merged_into or "", row.id))
    return ranked[0] if ranked else None


def _row(password_hash: str, scopes: frozenset[Scope], moment: Moment) -> dict[str, object]:
    return {
        "id": f"{LOGIN_PREFIX}{moment.entropy(_ID_BYTES).hex()}",
        "name": None,
        "institution_id": None,
        "account_id": None,
        "merged_into": None,
        "scopes": sorted(scope.value for scope in scopes),
        "roles": [],
        "password_hash": password_hash,
        "created_at": int(moment.now.timestamp()),
        "disabled_at": None,
    }


_ACCOUNTS = select(col(LoginRow.id), col(LoginRow.account_id)).where(among(col(LoginRow.id)))
_OWNERS = select(col(LoginRow.account_id)).where(among(col(LoginRow.account_id)))


def accounts_of_logins(connection: Connection, ids: Collection[str]) -> dict[str, str | None]:
    """Give the account of each of these logins; that of a member of staff has none."""
    return {row["id"]: row["account_id"] for row in rows_among(connection, _ACCOUNTS, ids)}


def accounts_with_login(connection: Connection, account_ids: Collection[str]) -> set[str]:
    """Give those of these accounts whose owner can sign in."""
    return {row["account_id"] for row in rows_among(connection, _OWNERS, account_ids)}
