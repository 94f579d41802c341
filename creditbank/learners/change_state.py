"""Change the state of an account, with a reason that is kept; its learner is told.

Rooms above that close or merge accounts compose `change_state` into commands of their own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import orjson
from sqlalchemy import Connection, Executable, select, update
from sqlmodel import SQLModel, col

from creditbank.access.actor import Actor
from creditbank.access.logins import set_login_disabled
from creditbank.among import among, rows_among
from creditbank.conversion.days import civil_day
from creditbank.database import table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.account_state import (
    SIGNED_IN_WITH,
    TRANSITIONS,
    AccountState,
    StateAct,
    StateStep,
    next_state,
)
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import AccountRow, StateChangeRow
from creditbank.writer.command import Decision, Moment, Rows

DIED_ON = "died_on"
_TOLD: Mapping[StateAct, NoticeSubject] = {
    StateAct.FREEZE: NoticeSubject.ACCOUNT_FROZEN,
    StateAct.UNFREEZE: NoticeSubject.ACCOUNT_UNFROZEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange(StateStep):
    """A stored change with when and by whom; why is still under seal."""

    account_id: str
    changed_at: int
    changed_by: str
    sealed_reason: bytes

    def reason(self, key: AccountKey) -> dict[str, str]:
        """Open why it was made: `reason`, and `died_on` where a death was recorded."""
        at = _place(self.account_id, self.number)
        opened: dict[str, str] = orjson.loads(key.open(at, self.sealed_reason))
        return opened


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLife:
    """An account and every change of its state so far."""

    account: StoredAccount
    history: Sequence[StateStep]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedState:
    """What a change of state writes, and the life that follows."""

    life: AccountLife
    rows: dict[type[SQLModel], Rows]
    changes: Sequence[Executable]


Lives = Mapping[str, AccountLife]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeState:
    """Ask that staff freeze or unfreeze an account, record a death or take that back."""

    key: AccountKey
    act: StateAct
    by: Actor
    reason: str
    died_on: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Lives:
        """Load the accounts and their histories."""
        return find_lives(connection, {command.key.account_id for command in commands})

    def decide(self, state: Lives, moment: Moment) -> Decision[Lives, AccountState]:
        """Change it; the answer is the new state.

        Raises a `Refusal`: "forbidden", "not-found", "account-state-wrong"; `InvalidInput` for a
        day of death that is missing, still to come or stated for another act.
        """
        self.by.require(TRANSITIONS[self.act].scope)
        self._require_sound_day(moment)
        life = state.get(self.key.account_id)
        if life is None:
            raise Refusal("not-found")
        why = {"reason": self.reason}
        if self.died_on is not None:
            why[DIED_ON] = self.died_on.isoformat()
        changed = change_state(
            life, self.key, act=self.act, by=self.by.person, why=why, moment=moment
        )
        return Decision(
            answer=AccountState(changed.life.account.state),
            state={**state, self.key.account_id: changed.life},
            rows={**changed.rows, **self._notices(moment)},
            changes=changed.changes,
        )

    def _require_sound_day(self, moment: Moment) -> None:
        is_death = self.act is StateAct.RECORD_DEATH
        code = None
        if is_death and self.died_on is None:
            code = "field-missing"
        elif not is_death and self.died_on is not None:
            code = "field-unknown"
        elif self.died_on is not None and self.died_on > civil_day(moment.now):
            code = "date-in-future"
        if code is not None:
            raise InvalidInput([FieldProblem(field=DIED_ON, code=code)])

    def _notices(self, moment: Moment) -> dict[type[SQLModel], Rows]:
        if self.act not in _TOLD:
            return {}  # Nobody reads in the account of the dead; the family is told by a person.
        facts = {"day": civil_day(moment.now).isoformat(), "reason": self.reason}
        return notice_rows(
            draft_notice(self.key, subject=_TOLD[self.act], facts=facts, moment=moment)
        )


def change_state(  # noqa: PLR0913 - one change has these facts
    life: AccountLife,
    key: AccountKey,
    *,
    act: StateAct,
    by: str,
    why: Mapping[str, str],
    moment: Moment,
) -> ChangedState:
    """Draft a change of state; raises `Refusal("account-state-wrong")`.

    Sign-in ends and begins again with it, as the new state says.
    """
    account = life.account
    after = next_state(act, account.state, life.history)
    step = StateStep(
        number=len(life.history) + 1, act=act.value, before=account.state, after=after.value
    )
    content = orjson.dumps(dict(why))
    row: dict[str, object] = {
        **{name: getattr(step, name) for name in StateStep.__slots__},
        "account_id": account.id,
        "changed_at": int(moment.now.timestamp()),
        "changed_by": by,
        "sealed_reason": key.seal(_place(account.id, step.number), content, moment.entropy),
    }
    changes: list[Executable] = [
        update(AccountRow).where(col(AccountRow.id) == account.id).values(state=after.value)
    ]
    if (account.state in SIGNED_IN_WITH) != (after in SIGNED_IN_WITH):
        disabled_at = None if after in SIGNED_IN_WITH else int(moment.now.timestamp())
        changes.append(set_login_disabled(account.id, disabled_at))
    changed = replace(account, state=after.value)
    return ChangedState(
        life=AccountLife(account=changed, history=[*life.history, step]),
        rows={StateChangeRow: [row]},
        changes=changes,
    )


def set_merged_into(account_id: str, survivor_id: str | None) -> Executable:
    """Give the change that names the account in which a merged one goes on."""
    return (
        update(AccountRow).where(col(AccountRow.id) == account_id).values(merged_into=survivor_id)
    )


def find_lives(connection: Connection, account_ids: Collection[str]) -> dict[str, AccountLife]:
    """Give those of these accounts that exist, each with its history."""
    histories = find_histories(connection, account_ids)
    return {
        one.id: AccountLife(account=one, history=histories.get(one.id, ()))
        for one in find_accounts(connection, account_ids).values()
    }


def find_histories(
    connection: Connection, account_ids: Collection[str]
) -> dict[str, list[StateChange]]:
    """Give the changes of state of those of these accounts that have any, oldest first."""
    found: dict[str, list[StateChange]] = {}
    for row in rows_among(connection, _HISTORIES, account_ids):
        found.setdefault(row["account_id"], []).append(StateChange(**row))
    return found


def find_deaths(
    connection: Connection, keys: Mapping[str, AccountKey], states: Mapping[str, str]
) -> dict[str, date]:
    """Give the day of death of those of these accounts, by id, whose learner is dead."""
    deaths: dict[str, date] = {}
    dead = [one for one in keys if states.get(one) == AccountState.DECEASED]
    for account_id, history in find_histories(connection, dead).items():
        last = [one for one in history if one.act == StateAct.RECORD_DEATH][-1]
        deaths[account_id] = date.fromisoformat(last.reason(keys[account_id])[DIED_ON])
    return deaths


_COLUMNS = (*StateStep.__slots__, *StateChange.__slots__)
_HISTORIES = (
    select(*(table_of(StateChangeRow).c[name] for name in _COLUMNS))
    .where(among(col(StateChangeRow.account_id)))
    .order_by(col(StateChangeRow.number))
)


def _place(account_id: str, number: int) -> bytes:
    return place(str(StateChangeRow.__tablename__), f"{account_id}/{number}", "sealed_reason")
