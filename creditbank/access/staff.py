"""Staff of the institutions of a subtree: who there is, with which roles, and who no longer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection, Executable, delete, select, update
from sqlmodel import col

from creditbank.access.roles import Role
from creditbank.access.second_factors import forget_second_factor
from creditbank.access.tables import AccessTokenRow, LoginRow, SessionRow
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLogin:
    """One member of staff as others see her; `disabled_at` is a Unix time."""

    id: str
    name: str
    institution_id: str
    roles: tuple[Role, ...]
    disabled_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The logins that commands name, and the histories of all institutions."""

    logins: Mapping[str, StaffLogin]
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStaffLogin:
    """Ask that a member of staff have exactly these roles, be disabled, or set up a new phone.

    Her tokens and sessions end. None leaves the roles as they are. `by` is the institution whose
    staff asks, None for the operator of the bank, and `by_login` her own login: nobody changes
    herself.
    """

    login_id: str
    roles: frozenset[Role] | None = None
    is_disabled: bool = False
    forgets_second_factor: bool = False
    by: str | None = None
    by_login: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the logins that these commands name, and the tree."""
        found = find_staff(connection, {command.login_id for command in commands})
        return State(logins=found, histories=all_institutions(connection))

    def decide(self, state: State, moment: Moment) -> Decision[State, StaffLogin]:
        """Change it; raises `Refusal`: "not-found" beyond the subtree, "staff-own-login"."""
        login = state.logins.get(self.login_id)
        if login is None:
            raise Refusal("not-found")
        if self.by is not None:
            tree = tree_on(state.histories, civil_day(moment.now))
            tree.require(self.by, login.institution_id)
        if self.by_login == login.id:
            raise Refusal("staff-own-login")
        now = int(moment.now.timestamp())
        changed = replace(
            login,
            roles=login.roles if self.roles is None else tuple(sorted(self.roles)),
            disabled_at=(login.disabled_at or now) if self.is_disabled else login.disabled_at,
        )
        return Decision(
            answer=changed,
            state=replace(state, logins={**state.logins, login.id: changed}),
            changes=[
                *_changes(changed, now),
                *([forget_second_factor(login.id)] if self.forgets_second_factor else ()),
            ],
        )


def _changes(login: StaffLogin, now: int) -> list[Executable]:
    """Store what a login is now, and end its tokens and sessions, which may be another's now."""
    return [
        update(LoginRow)
        .where(col(LoginRow.id) == login.id)
        .values(roles=[role.value for role in login.roles], disabled_at=login.disabled_at),
        update(AccessTokenRow)
        .where(col(AccessTokenRow.login_id) == login.id, col(AccessTokenRow.expires_at) > now)
        .values(expires_at=now),
        delete(SessionRow).where(col(SessionRow.login_id) == login.id),
    ]


def find_staff(connection: Connection, ids: Collection[str] | None = None) -> dict[str, StaffLogin]:
    """Give these members of staff by id, or all of them; a citizen is none."""
    wanted = select(
        col(LoginRow.id),
        col(LoginRow.name),
        col(LoginRow.institution_id),
        col(LoginRow.roles),
        col(LoginRow.disabled_at),
    ).where(col(LoginRow.institution_id).is_not(None))
    if ids is not None:
        wanted = wanted.where(col(LoginRow.id).in_(ids))
    return {
        row.id: StaffLogin(
            id=row.id,
            name=row.name,
            institution_id=row.institution_id,
            roles=tuple(map(Role, row.roles or ())),
            disabled_at=row.disabled_at,
        )
        for row in connection.execute(wanted.order_by(col(LoginRow.id)))
    }


def read_roles(names: Sequence[str]) -> frozenset[Role]:
    """Read the names of one or more roles; raises `InvalidInput` that lists those there are."""
    known = tuple(role.value for role in Role)
    if not names or any(name not in known for name in names):
        facts = {"known": known}
        raise InvalidInput([FieldProblem(field="roles", code="role-unknown", facts=facts)])
    return frozenset(map(Role, names))
