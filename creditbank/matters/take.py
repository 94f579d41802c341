"""Take the steps of a matter: its citizen withdraws, a person of staff decides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from sqlalchemy import Connection, Executable, update
from sqlmodel import SQLModel, col

from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.learners.queries import account_states, going_on
from creditbank.matters.matter import (
    GRANTED_BY,
    MatterKind,
    MatterState,
    Progress,
    StepKind,
    require_fitting,
)
from creditbank.matters.others import barred_from, require_another
from creditbank.matters.queries import Matter, find_matters, steps_of, text_place
from creditbank.matters.tables import MatterRow, MatterStepRow
from creditbank.writer.command import Decision, Moment, Rows
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows

_TOLD: Mapping[StepKind, NoticeSubject] = {
    StepKind.RETURNED: NoticeSubject.MATTER_RETURNED,
    StepKind.ATTESTED: NoticeSubject.MATTER_ATTESTED,
    StepKind.CORRECTED: NoticeSubject.MATTER_CORRECTED,
    StepKind.REFUSED: NoticeSubject.MATTER_REFUSED,
}
"""The steps of staff of which the citizen is told here.

Of an upheld appeal she is told with the reversal.
"""

_DECIDES = frozenset({*GRANTED_BY.values(), StepKind.RETURNED, StepKind.REFUSED})
"""The steps of staff."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who takes a step, what is said with it, and the code of a refusal."""

    by: str
    text: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The matters that steps name with their steps, and the tree.

    `going_on` is the account that goes on for each matter's, `accounts` the state of each of these;
    `barred` are the logins that may not decide an appeal.
    """

    matters: Mapping[str, Matter]
    counts: Mapping[str, int]
    barred: Mapping[str, Collection[str]]
    histories: Mapping[str, History]
    going_on: Mapping[str, str]
    accounts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a step changes and adds, and the state for the next one."""

    state: State
    changes: Sequence[Executable] = ()
    rows: Mapping[type[SQLModel], Rows] = field(default_factory=dict)


def load_steps(connection: Connection, matter_ids: Collection[str]) -> State:
    """Load what steps of these matters need."""
    matters = find_matters(connection, matter_ids)
    counts = {one: len(steps) for one, steps in steps_of(connection, matters.keys()).items()}
    goes_on = going_on(connection, {one.account_id for one in matters.values()})
    return State(
        matters=matters,
        counts=counts,
        barred=barred_from(connection, matters.values()),
        histories=all_institutions(connection),
        going_on=goes_on,
        accounts=account_states(connection, goes_on.values()),
    )


def require_matter(state: State, matter_id: str, *, covering: str | None, on: date) -> Matter:
    """Give a matter of an institution's subtree as of a day; any other is alike unknown."""
    matter = state.matters.get(matter_id)
    if matter is None or (
        covering is not None
        and (
            matter.institution_id is None
            or not tree_on(state.histories, on).covers(covering, matter.institution_id)
        )
    ):
        raise Refusal("not-found")
    return matter


def take(  # noqa: PLR0913 - a step has these parts
    matter: Matter,
    step: StepKind,
    said: Said,
    *,
    key: AccountKey,
    state: State,
    moment: Moment,
    outcome_id: str | None = None,
    on: date | None = None,
) -> Taken:
    """Take a step of a matter and tell its citizen; `on` is the day of one that was typed later.

    Raises a `Refusal`: "matter-not-open", "matter-of-another-kind", "matter-same-person".
    """
    require_fitting(MatterKind(matter.kind), step)
    if step in _DECIDES:
        require_another(said.by, state.barred.get(matter.id, ()))
    today = civil_day(moment.now)
    progress = matter.progress.after(step, on or today, moment.calendar())
    number = state.counts[matter.id] + 1
    columns: dict[str, Any] = {**columns_of(progress), "outcome_id": outcome_id}
    rows: dict[type[SQLModel], Rows] = {
        MatterStepRow: [step_row(matter.id, number, step, said, key, moment)]
    }
    subject = _TOLD.get(step)
    if subject is not None and matter.institution_id is not None:
        # Of a deposit she is told by the matter that asked for its certification.
        facts = {"day": today.isoformat(), "text": said.text}
        notice = draft_notice(key, subject=subject, facts=facts, moment=moment)
        rows |= notice_rows(notice)
        columns["notice_id"] = notice["id"] if step is StepKind.REFUSED else None
    after = replace(matter, **columns)
    rows |= told_rows(after.id, after.kind, after.institution_id, progress, moment)
    return Taken(
        state=replace(
            state,
            matters={**state.matters, matter.id: after},
            counts={**state.counts, matter.id: number},
        ),
        changes=[update(MatterRow).where(col(MatterRow.id) == matter.id).values(**columns)],
        rows=rows,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep:
    """Ask for a step that records no outcome.

    Staff of `institution_id` return or refuse; its citizen withdraws. `key` is that of the account
    that the matter was filed in, which may have been merged since.
    """

    matter_id: str
    key: AccountKey
    step: StepKind
    said: Said
    institution_id: str | None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the matters that these commands name."""
        return load_steps(connection, {command.matter_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, MatterState]:
        """Take it; raises a `Refusal`: "not-found", and those of `take`.

        Of an account that is not in use staff decide all the same, and its learner may withdraw.
        """
        matter = require_matter(
            state, self.matter_id, covering=self.institution_id, on=civil_day(moment.now)
        )
        if matter.account_id != self.key.account_id:
            raise Refusal("not-found")
        taken = take(
            matter,
            self.step,
            self.said,
            key=self.key,
            state=state,
            moment=moment,
        )
        return Decision(
            answer=MatterState(taken.state.matters[matter.id].state),
            state=taken.state,
            changes=taken.changes,
            rows=taken.rows,
        )

    @classmethod
    def remember(cls, answer: MatterState) -> str:
        """Keep the state."""
        return answer.value

    @classmethod
    def recall(cls, result: str) -> MatterState:
        """Give the first answer again."""
        return MatterState(result)


def told_rows(
    matter_id: str, kind: str, institution_id: str | None, progress: Progress, moment: Moment
) -> dict[type[SQLModel], Rows]:
    """Tell its institution that a matter waits for it, or has come to its end.

    Of one that was returned nothing is told: it waits for its citizen.
    """
    if institution_id is None or progress.state is MatterState.RETURNED:
        return {}
    waits = progress.state is MatterState.OPEN
    told = NewMessage(
        institution_id=institution_id,
        kind=MessageKind.MATTER_RECEIVED if waits else MessageKind.MATTER_ENDED,
        subject_id=matter_id,
        facts={"kind": kind, "state": progress.state.value},
    )
    return message_rows([told], moment)


def columns_of(progress: Progress) -> dict[str, object]:
    """Give where a matter is as it is stored."""
    return {
        "state": progress.state.value,
        "due_on": None if progress.due_on is None else progress.due_on.isoformat(),
        "days_left": progress.days_left,
    }


def step_row(  # noqa: PLR0913, PLR0917 - a step has these parts
    matter_id: str, number: int, step: StepKind, said: Said, key: AccountKey, moment: Moment
) -> dict[str, object]:
    """Give a step as it is stored."""
    at = text_place(matter_id, number)
    return {
        "matter_id": matter_id,
        "number": number,
        "kind": step.value,
        "code": said.code,
        "taken_by": said.by,
        "taken_at": int(moment.now.timestamp()),
        "sealed_text": key.seal(at, said.text.encode(), moment.entropy),
    }
