"""File a matter and take its steps: the citizen files and answers, a person of staff decides."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

import orjson
from sqlalchemy import Connection, Executable, update
from sqlmodel import SQLModel, col

from creditbank.conversion.days import civil_day
from creditbank.conversion.working_days import mainland_working_days
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions, find_institutions
from creditbank.institutions.tree import tree_on
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.matters.matter import MatterKind, MatterState, Progress, StepKind, begun
from creditbank.matters.queries import (
    Content,
    Matter,
    content_place,
    find_matters,
    steps_of,
    text_place,
)
from creditbank.matters.tables import MatterRow, MatterStepRow
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import new_id

_TOLD: Mapping[StepKind, NoticeSubject] = {
    StepKind.RETURNED: NoticeSubject.MATTER_RETURNED,
    StepKind.ATTESTED: NoticeSubject.MATTER_ATTESTED,
    StepKind.REFUSED: NoticeSubject.MATTER_REFUSED,
}
"""The steps of staff, of which the citizen is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What filing reads: the institutions and deposits that are named."""

    institutions: Collection[str]
    matters: Mapping[str, Matter]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMatter:
    """Ask that a matter of one's own be kept, and that an institution decide on it."""

    key: AccountKey
    by: str
    kind: MatterKind
    content: Content
    institution_id: str | None = None
    about_id: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Filing:
        """Load what these commands name."""
        named = {one.institution_id for one in commands if one.institution_id is not None}
        return Filing(
            institutions=find_institutions(connection, named).keys(),
            matters=find_matters(connection, {one.about_id or "" for one in commands}),
        )

    def decide(self, state: Filing, moment: Moment) -> Decision[Filing, str]:
        """File it; the answer is its id. Raises `InvalidInput` for what is named wrongly."""
        self._require_sound(state)
        matter_id, today = new_id(moment.now, moment.entropy).hex(), civil_day(moment.now)
        progress = begun(self.kind, today, mainland_working_days())
        content = orjson.dumps(self.content)
        row = {
            "id": matter_id,
            "kind": self.kind.value,
            "account_id": self.key.account_id,
            "institution_id": self.institution_id,
            "about_id": self.about_id,
            "received_on": today.isoformat(),
            "outcome_id": None,
            "sealed_content": self.key.seal(content_place(matter_id), content, moment.entropy),
            **_columns(progress),
        }
        step = _step_row(matter_id, 1, StepKind.FILED, Said(self.by, ""), self.key, moment)
        rows: dict[type[SQLModel], Rows] = {MatterRow: [row], MatterStepRow: [step]}
        return Decision(answer=matter_id, state=state, rows=rows)

    def _require_sound(self, state: Filing) -> None:
        problems = []
        if self.kind is not MatterKind.DEPOSIT and self.institution_id not in state.institutions:
            facts = {"institution": self.institution_id or ""}
            problems.append(
                FieldProblem(field="institution", code="institution-unknown", facts=facts)
            )
        if self.kind is MatterKind.CERTIFICATION:
            deposit = state.matters.get(self.about_id or "")
            own = deposit is not None and deposit.account_id == self.key.account_id
            if deposit is None or not own or deposit.state != MatterState.STORED:
                problems.append(FieldProblem(field="deposit", code="deposit-unknown"))
        if problems:
            raise InvalidInput(problems)

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep its id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


@dataclass(frozen=True, slots=True)
class Said:
    """Who takes a step, what is said with it, and the code of a refusal."""

    by: str
    text: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The matters that steps name, how many steps each has, and the tree of institutions."""

    matters: Mapping[str, Matter]
    counts: Mapping[str, int]
    histories: Mapping[str, History]


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
    return State(matters=matters, counts=counts, histories=all_institutions(connection))


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
) -> Taken:
    """Take a step of a matter and tell its citizen; raises `Refusal("matter-not-open")`."""
    today = civil_day(moment.now)
    progress = matter.progress.after(step, today, mainland_working_days())
    number = state.counts[matter.id] + 1
    columns: dict[str, Any] = {**_columns(progress), "outcome_id": outcome_id}
    rows: dict[type[SQLModel], Rows] = {
        MatterStepRow: [_step_row(matter.id, number, step, said, key, moment)]
    }
    subject = _TOLD.get(step)
    if subject is not None and matter.institution_id is not None:
        # Of a deposit she is told by the matter that asked for its certification.
        facts = {"day": today.isoformat(), "text": said.text}
        rows |= notice_rows(draft_notice(key, subject=subject, facts=facts, moment=moment))
    after = replace(matter, **columns)
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
    """Ask for a step that records no outcome: returned, refused, or answered by its citizen."""

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
        """Take it; raises a `Refusal`: "not-found", "matter-not-open"."""
        matter = require_matter(
            state, self.matter_id, covering=self.institution_id, on=civil_day(moment.now)
        )
        if matter.account_id != self.key.account_id:
            raise Refusal("not-found")
        taken = take(matter, self.step, self.said, key=self.key, state=state, moment=moment)
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


def merged(*parts: Mapping[type[SQLModel], Rows]) -> dict[type[SQLModel], Rows]:
    """Give the rows of several decisions together, by table."""
    every: dict[type[SQLModel], list[Mapping[str, object]]] = defaultdict(list)
    for part in parts:
        for table, rows in part.items():
            every[table].extend(rows)
    return dict(every)


def _columns(progress: Progress) -> dict[str, object]:
    return {
        "state": progress.state.value,
        "due_on": None if progress.due_on is None else progress.due_on.isoformat(),
        "days_left": progress.days_left,
    }


def _step_row(  # noqa: PLR0913, PLR0917 - a step has these parts
    matter_id: str, number: int, step: StepKind, said: Said, key: AccountKey, moment: Moment
) -> dict[str, object]:
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
