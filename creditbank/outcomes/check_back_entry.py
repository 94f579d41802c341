"""Check a back-entry 补录: the second person records the result, or refuses it with a reason."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection, Update, update
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.errors import InvalidInput, Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.queries import going_on
from creditbank.outcomes.back_enter import TABLE, BackEntry, BackEntryState, find_back_entries
from creditbank.outcomes.decide import decide_entered
from creditbank.outcomes.record import load_records, rows_of
from creditbank.outcomes.records import Draft, Posting, Records
from creditbank.outcomes.tables import BackEntryRow
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The entries that commands name, the tree of institutions, and what each one knows.

    `going_on` is the account that goes on for each entry's.
    """

    entries: Mapping[str, BackEntry]
    histories: Mapping[str, History]
    records: Mapping[str, Records]
    going_on: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of an entry; the outcome and its leaf's index where it is recorded."""

    entry_id: str
    state: BackEntryState
    outcome_id: str | None
    entry_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBackEntry:
    """Ask that a second person's answer stand: record the result, or refuse it with a reason.

    `posting` is what was entered, with `by` as who checked it, in the account that goes on; `key`
    that of the account for which it was entered, which may have been merged since.
    """

    entry_id: str
    institution_id: str
    by: str
    key: AccountKey
    posting: Posting
    refused_because: str | None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the entries, and what recording them needs."""
        entries = find_back_entries(connection, {command.entry_id for command in commands})
        postings: dict[str, list[Posting]] = defaultdict(list)
        for command in commands:
            if (entry := entries.get(command.entry_id)) is not None:
                postings[entry.institution_id].append(command.posting)
        return State(
            entries=entries,
            histories=all_institutions(connection),
            records={one: load_records(connection, one, some) for one, some in postings.items()},
            going_on=going_on(connection, {entry.account_id for entry in entries.values()}),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Checked]:
        """Record or refuse it; raises a `Refusal`.

        Its codes: "not-found" for another subtree's, "same-person", "back-entry-decided", and as
        recording does; then it goes on waiting.
        """
        entry = self._waiting(state, moment)
        if self.refused_because is not None:
            return self._refuse(entry, state, moment)
        if self.posting.key.account_id != state.going_on[entry.account_id]:
            raise Refusal("busy", retry_after_seconds=1)  # Merged or parted since it was looked up.
        draft = Draft(
            moment=moment, posted_with=entry.entered_by, batch_id=None, posted_at=entry.entered_at
        )
        recorded = decide_entered(self.posting, state.records[entry.institution_id], draft)
        checked = Checked(
            entry_id=entry.id,
            state=BackEntryState.RECORDED,
            outcome_id=recorded.outcome_id,
            entry_index=recorded.entry_index,
        )
        return Decision(
            answer=checked,
            state=self._after(entry, checked, state),
            changes=[self._change(checked, moment, outcome_id=recorded.outcome_id)],
            rows=rows_of(draft),
            leaves=draft.leaves,
        )

    @classmethod
    def remember(cls, answer: Checked) -> str:
        """Keep what a repetition is answered with."""
        return f"{answer.entry_id} {answer.state} {answer.outcome_id} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Checked:
        """Give the first answer again."""
        entry_id, state, outcome_id, index = result.split()
        return Checked(
            entry_id=entry_id,
            state=BackEntryState(state),
            outcome_id=None if outcome_id == "None" else outcome_id,
            entry_index=None if index == "None" else int(index),
        )

    def _waiting(self, state: State, moment: Moment) -> BackEntry:
        entry = state.entries.get(self.entry_id)
        tree = tree_on(state.histories, civil_day(moment.now))
        if entry is None or not tree.covers(self.institution_id, entry.institution_id):
            raise Refusal("not-found")
        if entry.state != BackEntryState.WAITING:
            raise Refusal("back-entry-decided", state=entry.state)
        if entry.entered_by == self.by:
            raise Refusal("same-person")
        return entry

    def _refuse(self, entry: BackEntry, state: State, moment: Moment) -> Decision[State, Checked]:
        reason = self.refused_because or ""
        if (problem := reason_problem(reason)) is not None:
            raise InvalidInput([replace(problem, field="refused_because")])
        at = place(TABLE, entry.id, "sealed_reason")
        sealed = self.key.seal(at, reason.encode(), moment.entropy)
        refused = Checked(
            entry_id=entry.id, state=BackEntryState.REFUSED, outcome_id=None, entry_index=None
        )
        return Decision(
            answer=refused,
            state=self._after(entry, refused, state),
            changes=[self._change(refused, moment, sealed_reason=sealed)],
        )

    def _change(self, checked: Checked, moment: Moment, **values: object) -> Update:
        return (
            update(BackEntryRow)
            .where(col(BackEntryRow.id) == checked.entry_id)
            .values(
                state=checked.state.value,
                decided_by=self.by,
                decided_at=int(moment.now.timestamp()),
                **values,
            )
        )

    def _after(self, entry: BackEntry, checked: Checked, state: State) -> State:
        decided = replace(entry, state=checked.state.value)
        return replace(state, entries={**state.entries, entry.id: decided})
