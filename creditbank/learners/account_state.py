"""Where an account is in its life, what moves it, and what each state allows. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from creditbank.access.actor import Scope
from creditbank.errors import Refusal


class AccountState(StrEnum):
    """The state of an account."""

    UNCLAIMED = "unclaimed"  # 未认领: opened by an institution, nobody signs in yet
    OPEN = "open"
    FROZEN = "frozen"  # 冻结: reading goes on, nothing new is done
    MERGED = "merged"  # 已合并: another account of the same person goes on
    LIMITED = "limited"  # 限制处理: kept, and nothing done with it
    CLOSED = "closed"  # 已关闭: hidden until its owner opens it again
    ERASED = "erased"  # 已删除: nobody's any more; no act leads here but an erasure
    DECEASED = "deceased"  # 已故: passes and sign-in end; what was awarded before is recorded still


class StateAct(StrEnum):
    """What changes the state of an account; each has one that undoes it."""

    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    RECORD_DEATH = "record-death"
    UNDO_DEATH = "undo-death"
    CLOSE = "close"
    REOPEN = "reopen"
    LIMIT = "limit"
    LIFT_LIMIT = "lift-limit"
    MERGE = "merge"
    PART = "part"


IN_USE = frozenset({AccountState.UNCLAIMED, AccountState.OPEN})
"""The states in which something new is done: passes, conversions, changes; which of the two it is
follows from whether its owner can sign in."""

SIGNED_IN_TO = IN_USE | {AccountState.FROZEN, AccountState.CLOSED, AccountState.LIMITED}
"""The states in which its owner signs in, be it to read or to open it again."""

SIGNED_IN_WITH = SIGNED_IN_TO | {AccountState.MERGED}
"""The states in which its number and password open something: it, or what it was merged into."""

SHOWN = IN_USE | {AccountState.FROZEN}
"""The states in which what a pass shares is shown, and others act by delegation."""

RECEIVING = SHOWN | {AccountState.CLOSED, AccountState.DECEASED}
"""The states in which what institutions state of its learner comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Who may do an act, from which states, and where it leads.

    Where `to` is None it leads back to the state before the act that it undoes.
    """

    scope: Scope
    allowed_from: frozenset[AccountState]
    to: AccountState | None = None
    undoes: StateAct | None = None


TRANSITIONS: Mapping[StateAct, Transition] = MappingProxyType(
    {
        StateAct.FREEZE: Transition(
            scope=Scope.ACCOUNTS_DECIDE, allowed_from=IN_USE, to=AccountState.FROZEN
        ),
        StateAct.UNFREEZE: Transition(
            scope=Scope.ACCOUNTS_DECIDE,
            allowed_from=frozenset({AccountState.FROZEN}),
            undoes=StateAct.FREEZE,
        ),
        StateAct.RECORD_DEATH: Transition(
            scope=Scope.ACCOUNTS_DECIDE,
            allowed_from=SIGNED_IN_TO,
            to=AccountState.DECEASED,
        ),
        StateAct.UNDO_DEATH: Transition(
            scope=Scope.ACCOUNTS_DECIDE,
            allowed_from=frozenset({AccountState.DECEASED}),
            undoes=StateAct.RECORD_DEATH,
        ),
        StateAct.CLOSE: Transition(
            scope=Scope.OWN_ACCOUNT,
            allowed_from=frozenset({AccountState.OPEN}),
            to=AccountState.CLOSED,
        ),
        StateAct.REOPEN: Transition(
            scope=Scope.OWN_ACCOUNT,
            allowed_from=frozenset({AccountState.CLOSED}),
            undoes=StateAct.CLOSE,
        ),
        StateAct.LIMIT: Transition(
            scope=Scope.OWN_ACCOUNT,
            allowed_from=frozenset({AccountState.OPEN}),
            to=AccountState.LIMITED,
        ),
        StateAct.LIFT_LIMIT: Transition(
            scope=Scope.OWN_ACCOUNT,
            allowed_from=frozenset({AccountState.LIMITED}),
            undoes=StateAct.LIMIT,
        ),
        StateAct.MERGE: Transition(
            scope=Scope.ACCOUNTS_DECIDE, allowed_from=SHOWN, to=AccountState.MERGED
        ),
        StateAct.PART: Transition(
            scope=Scope.ACCOUNTS_DECIDE,
            allowed_from=frozenset({AccountState.MERGED}),
            undoes=StateAct.MERGE,
        ),
    }
)
"""Every change of state there is, beside a claim, which makes an unclaimed account open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateStep:
    """One change of state that was made: `number` counts those of an account from 1."""

    number: int
    act: str
    before: str
    after: str


def next_state(act: StateAct, current: str, history: Sequence[StateStep]) -> AccountState:
    """Give the state that an act leads to.

    Raises `Refusal("account-state-wrong")` where the act does not start from the current state.
    """
    transition = TRANSITIONS[act]
    if current not in transition.allowed_from:
        raise Refusal("account-state-wrong", state=current)
    if transition.to is not None:
        return transition.to
    return next(
        AccountState(one.before) for one in reversed(history) if one.act == transition.undoes
    )


def standing_state(history: Sequence[StateStep], *, is_owned: bool) -> str:
    """Give the state that a history leads to; in use, it is open when its owner can sign in."""
    last = history[-1].after if history else AccountState.UNCLAIMED.value
    if last in IN_USE:
        return AccountState.OPEN if is_owned else AccountState.UNCLAIMED
    return last


def is_sound(history: Sequence[StateStep]) -> bool:
    """Say whether every step follows from the one before it by the table."""
    known = {one.value for one in StateAct}
    for place, step in enumerate(history):
        earlier = history[:place]
        # A claim may have opened the account since the step before; nobody closes it unnoticed.
        begins_well = (
            step.before in IN_USE
            if not earlier or earlier[-1].after in IN_USE
            else (step.before == earlier[-1].after)
        )
        if step.number != place + 1 or step.act not in known or not begins_well:
            return False
        try:
            if next_state(StateAct(step.act), step.before, earlier) != step.after:
                return False
        except (Refusal, StopIteration, ValueError):
            return False
    return True


def require_receiving(state: str) -> None:
    """Raise a `Refusal` unless what an institution states of its learner may come in.

    Its codes: "busy" for an account that was merged since it was looked up: again it leads to the
    one that goes on; "learner-not-taken" for any other. The institution is told no more.
    """
    if state == AccountState.MERGED:
        raise Refusal("busy", retry_after_seconds=1)
    if state not in RECEIVING:
        raise Refusal("learner-not-taken")


def require_adding(state: str | None) -> None:
    """Raise `Refusal("learner-not-taken")` unless more may be added to what lies in an account.

    What lies in a merged one stays there, and so does what is added to it.
    """
    if state not in RECEIVING | {AccountState.MERGED}:
        raise Refusal("learner-not-taken")


def require_served(state: str | None) -> None:
    """Raise `Refusal("account-not-in-use")` unless staff may record who its learner is."""
    if state not in SHOWN:
        raise Refusal("account-not-in-use")


def require_in_use(state: str | None) -> None:
    """Raise `Refusal("account-not-in-use")` unless something new may be done in an account."""
    if state not in IN_USE:
        raise Refusal("account-not-in-use")
