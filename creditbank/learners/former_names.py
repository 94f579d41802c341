"""Former names 曾用名: reported by the learner, hers once staff saw what proves it.

A reported name finds nothing and matches nothing; a confirmed one is folded and matched like every
other name, so that a certificate of before still leads to its holder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import require_in_use
from creditbank.learners.known_names import (
    KnownName,
    StoredName,
    forget_names,
    name_row,
    recorded_names,
)
from creditbank.learners.names import NameKind, fold
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import AccountNameRow
from creditbank.writer.command import Decision, Moment, Rows

REPORTS_MAX = 5
"""How many reported names of one learner wait at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The accounts, and the names that were recorded of each after its opening."""

    accounts: Mapping[str, StoredAccount]
    names: Mapping[str, Sequence[StoredName]]

    def reports(self, key: AccountKey) -> list[StoredName]:
        """Give the reported names of an account in use; raises a `Refusal` for another."""
        account = self.accounts.get(key.account_id)
        require_in_use(None if account is None else account.state)
        names = self.names.get(key.account_id, ())
        return [one for one in names if one.open(key)["kind"] == NameKind.REPORTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportName:
    """Ask that a name be known as one that the learner had; days are the first and the last."""

    key: AccountKey
    name: str
    by: str
    from_day: date | None = None
    until_day: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their names."""
        return _load(connection, [command.key for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Keep it until staff decide; the answer is its id. The same again is the one there is.

        Raises `InvalidInput`: "days-reversed"; `Refusal`: "names-too-many", and what an account
        that is not in use is refused with.
        """
        waiting = state.reports(self.key)
        for one in waiting:
            if fold(one.open(self.key)["name"]) == fold(self.name):
                return Decision(answer=one.id, state=state)
        if len(waiting) >= REPORTS_MAX:
            raise Refusal("names-too-many", most=REPORTS_MAX)
        stated = known_name(NameKind.REPORTED, self.name, self.from_day, self.until_day)
        row = name_row(self.key, stated, by=self.by, moment=moment)
        reported = StoredName(**row)  # type: ignore[arg-type]
        names = [*state.names.get(self.key.account_id, ()), reported]
        return Decision(
            answer=reported.id,
            state=State(accounts=state.accounts, names={**state.names, self.key.account_id: names}),
            rows={AccountNameRow: [row]},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideName:
    """Ask that a reported name be hers from now on, or be taken away again; she is told.

    `seen` says what proved it, or why it was refused.
    """

    key: AccountKey
    report_id: str
    confirmed: bool
    seen: str
    by: str
    institution: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts and their names."""
        return _load(connection, [command.key for command in commands])

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Decide it; raises `Refusal("not-found")` for a name that does not wait."""
        reported = {one.id: one for one in state.reports(self.key)}.get(self.report_id)
        if reported is None:
            raise Refusal("not-found")
        said = reported.open(self.key)
        rows: dict[type[SQLModel], Rows] = {**notice_rows(self._notice(said["name"], moment))}
        if self.confirmed:
            former = KnownName(
                kind=NameKind.FORMER,
                name=said["name"],
                from_day=said.get("from_day"),
                until_day=said.get("until_day"),
                seen=self.seen,
            )
            rows[AccountNameRow] = [name_row(self.key, former, by=self.by, moment=moment)]
        left = [one for one in state.names[self.key.account_id] if one.id != reported.id]
        return Decision(
            answer=None,
            state=State(accounts=state.accounts, names={**state.names, self.key.account_id: left}),
            changes=[forget_names([reported.id])],
            rows=rows,
        )

    def _notice(self, name: str, moment: Moment) -> dict[str, object]:
        facts = {
            "day": civil_day(moment.now).isoformat(),
            "institution": self.institution,
            "name": name,
            "text": self.seen,
        }
        subject = NoticeSubject.NAME_CONFIRMED if self.confirmed else NoticeSubject.NAME_REFUSED
        return draft_notice(self.key, subject=subject, facts=facts, moment=moment)


def known_name(
    kind: NameKind, name: str, from_day: date | None, until_day: date | None
) -> KnownName:
    """Give a name with its days; raises `InvalidInput` ("days-reversed")."""
    if from_day is not None and until_day is not None and until_day < from_day:
        raise InvalidInput([FieldProblem(field="until", code="days-reversed")])
    days = [None if day is None else day.isoformat() for day in (from_day, until_day)]
    return KnownName(kind=kind, name=name, from_day=days[0], until_day=days[1])


def reported_names(connection: Connection, key: AccountKey) -> list[StoredName]:
    """Give the names that a learner reported and nobody decided on, oldest first."""
    names = recorded_names(connection, [key.account_id])
    return [one for one in names if one.open(key)["kind"] == NameKind.REPORTED]


def _load(connection: Connection, keys: Sequence[AccountKey]) -> State:
    ids = list({key.account_id for key in keys})
    names: dict[str, list[StoredName]] = {one: [] for one in ids}
    for stored in recorded_names(connection, ids):
        names[stored.account_id].append(stored)
    return State(accounts=find_accounts(connection, ids), names=names)
