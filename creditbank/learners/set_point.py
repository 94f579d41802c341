"""Set the service point 服务网点 from a day on; an earlier one ends the day before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from sqlalchemy import Connection, Executable, delete, select, update
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.database import table_of
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import require_in_use
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import ServicePointRow
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePoint:
    """A service point of an account; days are YYYY-MM-DD, the last one inclusive."""

    account_id: str
    from_day: str
    until_day: str | None
    institution_id: str
    set_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The accounts, their service points, and the institutions that are named."""

    accounts: Mapping[str, StoredAccount]
    points: Mapping[str, Sequence[ServicePoint]]
    institutions: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetServicePoint:
    """Ask that an institution serve an account from a day on, today or later."""

    key: AccountKey
    institution_id: str
    from_day: date
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        accounts = {command.key.account_id for command in commands}
        return State(
            accounts=find_accounts(connection, accounts),
            points={one: service_points(connection, one) for one in accounts},
            institutions=find_institutions(
                connection, {command.institution_id for command in commands}
            ),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Set it and tell her; whatever was set from that day on is replaced."""
        account_id = self.key.account_id
        account = state.accounts.get(account_id)
        require_in_use(None if account is None else account.state)
        institution = state.institutions.get(self.institution_id)
        if institution is None:
            raise InvalidInput([FieldProblem(field="institution", code="institution-unknown")])
        if self.from_day < civil_day(moment.now):
            raise InvalidInput([FieldProblem(field="from", code="day-is-past")])
        from_day = self.from_day.isoformat()
        added = ServicePoint(
            account_id=account_id,
            from_day=from_day,
            until_day=None,
            institution_id=institution.id,
            set_by=self.by,
        )
        facts = {"day": from_day, "institution": institution.on(self.from_day).name}
        told = draft_notice(
            self.key, subject=NoticeSubject.SERVICE_POINT_SET, facts=facts, moment=moment
        )
        last_day = (self.from_day - timedelta(days=1)).isoformat()
        earlier = [
            replace(one, until_day=last_day) if one.until_day is None else one
            for one in state.points.get(account_id, ())
            if one.from_day < from_day
        ]
        points = {**state.points, account_id: [*earlier, added]}
        return Decision(
            answer=None,
            state=replace(state, points=points),
            changes=self._changes(from_day, last_day),
            rows={
                ServicePointRow: [{name: getattr(added, name) for name in ServicePoint.__slots__}],
                **notice_rows(told),
            },
        )

    def _changes(self, from_day: str, last_day: str) -> list[Executable]:
        own = col(ServicePointRow.account_id) == self.key.account_id
        return [
            delete(ServicePointRow).where(own, col(ServicePointRow.from_day) >= from_day),
            update(ServicePointRow)
            .where(own, col(ServicePointRow.until_day).is_(None))
            .values(until_day=last_day),
        ]


def service_points(connection: Connection, account_id: str) -> list[ServicePoint]:
    """Give every service point that an account had, has or will have, in order."""
    wanted = select(*(table_of(ServicePointRow).c[name] for name in ServicePoint.__slots__))
    rows = connection.execute(
        wanted.where(col(ServicePointRow.account_id) == account_id).order_by(
            col(ServicePointRow.from_day)
        )
    ).mappings()
    return [ServicePoint(**row) for row in rows]
