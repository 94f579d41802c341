"""Give and end delegations, and record what is done under them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import SQLModel, col

from creditbank.access.actor import Actor, Scope
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import AccountState, require_in_use
from creditbank.learners.ages import ADULT_AT, CONSENTS_AT
from creditbank.learners.delegations import (
    ACTS,
    DelegatedAct,
    Delegation,
    DelegationKind,
    Delegations,
    load_delegations,
)
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.tables import DelegatedActRow, DelegationRow
from creditbank.writer.command import AnsweredById, Decision, Moment, Rows
from ledger.leaf import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveDelegation(AnsweredById):
    """Ask that somebody may act for a learner: an account's owner, or the clerk who asks.

    A learner asks for a helper herself; staff who saw her and a paper ask for any kind.
    """

    key: AccountKey
    kind: str
    by: Actor
    delegate_account_id: str | None = None
    acts: Sequence[str] | None = None
    until_day: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Delegations:
        """Load the accounts on both sides, and what was given before."""
        others = {one.delegate_account_id for one in commands if one.delegate_account_id}
        return load_delegations(connection, {one.key.account_id for one in commands}, others)

    def decide(self, state: Delegations, moment: Moment) -> Decision[Delegations, str]:
        """Give it, and tell the learner; the answer is its id.

        Raises a `Refusal`: "account-not-in-use", "guardian-not-possible", "guardian-consents" for a
        learner under 14 who names somebody herself; `InvalidInput`.
        """
        account_id, today = self.key.account_id, civil_day(moment.now)
        account = state.accounts.get(account_id)
        require_in_use(None if account is None else account.state)
        kind, acts = self._require_sound(state, today)
        is_visit = kind is DelegationKind.COUNTER
        until = today if is_visit else self.until_day
        given = Delegation(
            id=new_id(moment.now, moment.entropy).hex(),
            account_id=account_id,
            kind=kind.value,
            delegate_account_id=self.delegate_account_id,
            delegate_login_id=self.by.person if is_visit else None,
            acts=sorted(acts),
            from_day=today.isoformat(),
            until_day=None if until is None else until.isoformat(),
            given_by=self.by.person,
            given_at=int(moment.now.timestamp()),
            ended_by=None,
            ended_at=None,
        )
        row = {name: getattr(given, name) for name in Delegation.__slots__}
        return Decision(
            answer=given.id,
            state=state.with_given(account_id, [*state.given.get(account_id, ()), given]),
            rows={DelegationRow: [row], **_told(self.key, NoticeSubject.DELEGATION_GIVEN, moment)},
        )

    def _require_sound(
        self, state: Delegations, today: date
    ) -> tuple[DelegationKind, frozenset[DelegatedAct]]:
        is_staff = Scope.ACCOUNTS_SERVE in self.by.scopes
        kinds = tuple(DelegationKind) if is_staff else (DelegationKind.HELPER,)
        if self.kind not in kinds:
            raise _wrong("kind", "kind-unknown", known=tuple(one.value for one in kinds))
        kind = DelegationKind(self.kind)
        self._require_delegate(kind, state)
        allowed = ACTS[kind]
        acts = frozenset(self.acts if self.acts is not None else allowed)
        if not acts or not acts <= allowed:
            raise _wrong("acts", "acts-unknown", known=tuple(sorted(allowed)))
        if self.until_day is not None and self.until_day < today:
            raise _wrong("until", "day-is-past")
        if kind is DelegationKind.GUARDIAN:
            if not state.is_below(self.key, ADULT_AT, today):
                raise Refusal("guardian-not-possible")
        elif not is_staff and state.is_below(self.key, CONSENTS_AT, today):
            raise Refusal("guardian-consents")
        return kind, frozenset(map(DelegatedAct, acts))

    def _require_delegate(self, kind: DelegationKind, state: Delegations) -> None:
        named = self.delegate_account_id
        if kind is DelegationKind.COUNTER:
            if named is not None:
                raise _wrong("delegate", "field-unknown")
            return
        delegate = state.accounts.get(named or "")
        if delegate is None or delegate.state != AccountState.OPEN or named == self.key.account_id:
            raise _wrong("delegate", "delegate-wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDelegation:
    """Ask that a delegation end now: the learner, the one who acts, or staff."""

    key: AccountKey
    delegation_id: str
    by: Actor

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Delegations:
        """Load the delegations for these accounts."""
        return load_delegations(connection, {one.key.account_id for one in commands})

    def decide(self, state: Delegations, moment: Moment) -> Decision[Delegations, None]:
        """End it, and tell the learner; ending it again changes nothing.

        Raises a `Refusal`: "not-found" for anybody else, "guardian-ends-it" for a learner under 14.
        """
        account_id = self.key.account_id
        all_given = state.given.get(account_id, ())
        found = [one for one in all_given if one.id == self.delegation_id]
        if not found or not self._may_end(found[0]):
            raise Refusal("not-found")
        self._require_of_age(found[0], state, civil_day(moment.now))
        if found[0].ended_at is not None:
            return Decision(answer=None, state=state)
        values = {"ended_by": self.by.person, "ended_at": int(moment.now.timestamp())}
        ended = replace(found[0], ended_by=self.by.person, ended_at=int(moment.now.timestamp()))
        left = [ended if one is found[0] else one for one in all_given]
        return Decision(
            answer=None,
            state=state.with_given(account_id, left),
            changes=[
                update(DelegationRow).where(col(DelegationRow.id) == ended.id).values(**values)
            ],
            rows=_told(self.key, NoticeSubject.DELEGATION_ENDED, moment),
        )

    def _may_end(self, given: Delegation) -> bool:
        is_staff = Scope.ACCOUNTS_SERVE in self.by.scopes
        return is_staff or given.is_of(self.by) or self.by.account_id == given.account_id

    def _require_of_age(self, given: Delegation, state: Delegations, today: date) -> None:
        is_own = self.by.account_id == given.account_id
        is_guarded = is_own and given.kind == DelegationKind.GUARDIAN
        if is_guarded and state.is_below(self.key, CONSENTS_AT, today):
            raise Refusal("guardian-ends-it")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAct:
    """Ask that what somebody is about to do for a learner be recorded; refused where he may not."""

    key: AccountKey
    act: DelegatedAct
    by: Actor

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Delegations:
        """Load the delegations for these accounts."""
        return load_delegations(connection, {one.key.account_id for one in commands})

    def decide(self, state: Delegations, moment: Moment) -> Decision[Delegations, Delegation]:
        """Record it; the answer is the delegation. Raises `Refusal("not-found")`."""
        given = state.require_allowed(self.key, self.by, self.act, civil_day(moment.now))
        row = {
            "id": new_id(moment.now, moment.entropy).hex(),
            "delegation_id": given.id,
            "account_id": given.account_id,
            "act": self.act.value,
            "acted_by": self.by.id,
            "acted_at": int(moment.now.timestamp()),
        }
        return Decision(answer=given, state=state, rows={DelegatedActRow: [row]})


def _told(key: AccountKey, subject: NoticeSubject, moment: Moment) -> dict[type[SQLModel], Rows]:
    facts = {"day": civil_day(moment.now).isoformat()}
    return notice_rows(draft_notice(key, subject=subject, facts=facts, moment=moment))


def _wrong(field: str, code: str, **facts: Sequence[str]) -> InvalidInput:
    return InvalidInput([FieldProblem(field=field, code=code, facts=facts)])
