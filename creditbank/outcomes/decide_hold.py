"""Decide on a held result: attach it to an account, or refuse it with a reason. A person does."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

import orjson
from sqlalchemy import Connection, Executable, update
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.outcomes.batches.find import Batch, find_batches
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.decide import decide_attached
from creditbank.outcomes.held_rows import StoredHold, find_holds
from creditbank.outcomes.hold import SEALED_CLEAR, HeldState, held_place, sealed_facts
from creditbank.outcomes.posting import NAMING, parse_posting
from creditbank.outcomes.record import load_records, rows_of
from creditbank.outcomes.records import Draft, Posting, Recorded, Records
from creditbank.outcomes.tables import HeldRow
from creditbank.writer.command import Decision, Moment
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows

_ABOUT_LEARNER = frozenset(
    {*NAMING, "document_type", "document_country", "learner_name", "learner_birth_year"}
)
_TAKEN_BACK = (BatchState.WITHDRAWING, BatchState.WITHDRAWN)

_DECIDED = (*SEALED_CLEAR, "natural_tag", "key_id")


class HoldRefusal(StrEnum):
    """Why a held result is refused; none of it accuses anybody."""

    NOT_IDENTIFIABLE = "not-identifiable"  # 无法确认归属
    ENTERED_WRONGLY = "entered-wrongly"  # 录入有误
    ENTERED_TWICE = "entered-twice"  # 重复提交
    WITHDRAWN = "withdrawn"  # 提供单位撤回


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The held results that commands name, and what is known by their institutions."""

    holds: dict[str, StoredHold]
    records: Mapping[str, Records]
    batches: Mapping[str, Batch] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachHold:
    """Ask that a held result be recorded for the account of the posting, as `by` decided.

    One that was decided already has no posting: what was stated is read no more.
    """

    hold: StoredHold
    decision_key: AccountKey
    posting: Posting | None
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the held results and what their postings name."""
        postings: dict[str, list[Posting]] = defaultdict(list)
        for command in commands:
            if command.posting is not None:
                postings[command.hold.institution_id].append(command.posting)
        named = {command.hold.batch_id for command in commands if command.hold.batch_id is not None}
        return State(
            holds=find_holds(connection, {command.hold.id for command in commands}),
            records={
                institution_id: load_records(connection, institution_id, posted)
                for institution_id, posted in postings.items()
            },
            batches=find_batches(connection, named),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Recorded]:
        """Record it; raises a `Refusal`: "held-decided", "held-withdrawn", or as recording does."""
        hold = require_held(state.holds, self.hold.id)
        if (batch := state.batches.get(hold.batch_id or "")) and batch.state in _TAKEN_BACK:
            raise Refusal("held-withdrawn")
        if self.posting is None:
            raise Refusal("busy", retry_after_seconds=1)
        records = state.records[hold.institution_id]
        if self.posting.key.account_id not in records.states:
            raise InvalidInput([FieldProblem(field="account", code="account-unknown")])
        draft = Draft(
            moment=moment, posted_with=hold.posted_with, batch_id=None, posted_at=hold.held_at
        )
        recorded = decide_attached(self.posting, records, draft)
        facts = decision_facts(HeldState.ATTACHED, self.by, recorded.outcome_id)
        return Decision(
            answer=recorded,
            state=_without(state, hold, HeldState.ATTACHED),
            rows={
                **rows_of(draft),
                **notice_rows(_attached_notice(self.posting.key, records, moment)),
                **message_rows([_told(hold, HeldState.ATTACHED, recorded.outcome_id)], moment),
            },
            changes=[_change(hold, self.decision_key, facts, moment)],
            leaves=draft.leaves,
        )

    @classmethod
    def remember(cls, answer: Recorded) -> str:
        """Keep the outcome's id and index."""
        return f"{answer.outcome_id} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Recorded:
        """Give the first answer again."""
        outcome_id, index = result.split()
        return Recorded(outcome_id=outcome_id, entry_index=int(index), is_duplicate=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseHold:
    """Ask that a held result be refused with a reason's code, as `by` decided."""

    hold: StoredHold
    decision_key: AccountKey
    reason: str
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the held results."""
        ids = {command.hold.id for command in commands}
        return State(holds=find_holds(connection, ids), records={})

    def decide(self, state: State, moment: Moment) -> Decision[State, None]:
        """Refuse it; the same row may be posted again. Raises `Refusal("held-decided")`."""
        if self.reason not in tuple(HoldRefusal):
            known = {"known": tuple(one.value for one in HoldRefusal)}
            raise InvalidInput([FieldProblem(field="reason", code="reason-unknown", facts=known)])
        hold = require_held(state.holds, self.hold.id)
        facts = decision_facts(HeldState.REFUSED, self.by, None)
        # Who withdraws a file knows what becomes of its rows.
        is_news = self.reason != HoldRefusal.WITHDRAWN
        return Decision(
            answer=None,
            state=_without(state, hold, HeldState.REFUSED),
            rows=message_rows([_told(hold, HeldState.REFUSED)] if is_news else [], moment),
            changes=[_change(hold, self.decision_key, facts, moment, self.reason)],
        )


def attached_posting(hold: StoredHold, hold_key: AccountKey, key: AccountKey) -> Posting:
    """Give the posting of a held result for an account; raises `InvalidInput`.

    The days that it states had begun when it was held.
    """
    stated = {
        name: text for name, text in hold.fields(hold_key).items() if name not in _ABOUT_LEARNER
    }
    held_on = civil_day(datetime.fromtimestamp(hold.held_at, UTC))
    posted = parse_posting({**stated, "account_number": key.number}, today=held_on)
    return Posting(posted=posted, key=key)


def require_held(holds: Mapping[str, StoredHold], held_id: str) -> StoredHold:
    """Give a held result that waits for a decision; raises `Refusal("held-decided")` else."""
    hold = holds[held_id]
    if hold.state != HeldState.HELD:
        raise Refusal("held-decided", state=hold.state)
    return hold


def decision_facts(
    state: str, decided_by: str | None, outcome_id: str | None
) -> dict[str, str | None]:
    """Give the clear columns of a decision as they stand under its seal."""
    return {"state": state, "decided_by": decided_by, "outcome_id": outcome_id}


def _told(hold: StoredHold, state: HeldState, outcome_id: str | None = None) -> NewMessage:
    """Tell who posted a result what was decided about it."""
    named = {} if outcome_id is None else {"outcome": outcome_id}
    return NewMessage(
        institution_id=hold.institution_id,
        kind=MessageKind.HELD_DECIDED,
        subject_id=hold.id,
        facts={"state": state.value, **named},
    )


def _attached_notice(key: AccountKey, records: Records, moment: Moment) -> dict[str, object]:
    today = civil_day(moment.now)
    facts = {"day": today.isoformat(), "institution": records.provider.on(today).name}
    return draft_notice(key, subject=NoticeSubject.OUTCOME_ATTACHED, facts=facts, moment=moment)


def decided_columns(hold: StoredHold) -> dict[str, object]:
    """Give the clear columns of a decided row that stand under the seal of the decision."""
    return sealed_facts({name: getattr(hold, name) for name in _DECIDED})


def _change(
    hold: StoredHold,
    key: AccountKey,
    facts: Mapping[str, str | None],
    moment: Moment,
    reason: str = "",
) -> Executable:
    if facts["state"] == HeldState.REFUSED:  # Nothing recognises it any more.
        hold = replace(hold, natural_tag=None, content_tag=b"")
    content = {
        **facts,
        "reason": reason,
        "decided_at": int(moment.now.timestamp()),
        "clear": decided_columns(hold),
    }
    sealed = key.seal(held_place(hold.id, "sealed_decision"), orjson.dumps(content), moment.entropy)
    values: dict[str, object] = {
        **facts,
        "natural_tag": hold.natural_tag,
        "content_tag": hold.content_tag,
        "sealed_row": b"",
        "sealed_decision": sealed,
    }
    return update(HeldRow).where(col(HeldRow.id) == hold.id).values(**values)


def _without(state: State, hold: StoredHold, now: HeldState) -> State:
    holds = {**state.holds, hold.id: replace(hold, state=now.value)}
    return replace(state, holds=holds)
