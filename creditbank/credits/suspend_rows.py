"""Suspend or lift many outcomes with the credit recognised from them; each learner hears once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from creditbank.conversion.days import civil_day
from creditbank.credits.suspend import BefallOutcome, State
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.outcomes.befall import RecordEvent
from creditbank.outcomes.events import EventKind
from creditbank.writer.command import Decision, Moment
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows
from ledger.leaf import LeafDraft

_TOLD = {
    EventKind.SUSPENDED: MessageKind.OUTCOME_SUSPENDED,
    EventKind.LIFTED: MessageKind.OUTCOME_LIFTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Befallable:
    """The outcomes with the conversions that use them, and the institutions that decide."""

    outcomes: State
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class BefallRows:
    """Ask that something befall all these outcomes of some learners, of which `told` is said."""

    institution_id: str
    events: Sequence[RecordEvent]
    told: NoticeSubject
    reason: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Befallable:
        """Load the outcomes, the conversions that use them, and the institutions."""
        asked = [BefallOutcome(one) for command in commands for one in command.events]
        named = {command.institution_id for command in commands}
        return Befallable(
            outcomes=BefallOutcome.load(connection, asked),
            histories=find_institutions(connection, named),
        )

    def decide(self, state: Befallable, moment: Moment) -> Decision[Befallable, int]:
        """Record all of it; the answer is to how many outcomes it was done now.

        What no longer stands, or stands so already, is passed over.
        """
        outcomes = state.outcomes
        rows: dict[type[SQLModel], list[Mapping[str, object]]] = defaultdict(list)
        leaves: list[LeafDraft] = []
        changes: list[Executable] = []
        done: list[RecordEvent] = []
        for event in self.events:
            if not event.is_open(outcomes.known):
                continue
            decision = BefallOutcome(event).decide(outcomes, moment.after(len(leaves)))
            outcomes = decision.state
            done.append(event)
            leaves.extend(decision.leaves)
            changes.extend(decision.changes)
            for table, some in decision.rows.items():
                rows[table].extend(some)
        return Decision(
            answer=len(done),
            state=Befallable(outcomes=outcomes, histories=state.histories),
            changes=changes,
            rows={
                **rows,
                **notice_rows(*self._notices(done, state.histories, moment)),
                **message_rows(self._told(done), moment),
            },
            leaves=leaves,
        )

    def _notices(
        self, done: Sequence[RecordEvent], histories: Mapping[str, History], moment: Moment
    ) -> Iterator[dict[str, object]]:
        """Draft one notice for each learner to whose outcomes something was done now."""
        today = civil_day(moment.now)
        counts = Counter(one.key.account_id for one in done)
        for key in {one.key.account_id: one.key for one in done}.values():
            facts = {
                "count": str(counts[key.account_id]),
                "day": today.isoformat(),
                "institution": histories[self.institution_id].on(today).name,
                "reason": self.reason,
            }
            yield draft_notice(key, subject=self.told, facts=facts, moment=moment)

    def _told(self, done: Sequence[RecordEvent]) -> Iterator[NewMessage]:
        """Tell who posted these outcomes, where somebody else decided."""
        for one in done:
            if one.institution_id != self.institution_id:
                kind = _TOLD[one.kind]
                yield NewMessage(
                    institution_id=one.institution_id, kind=kind, subject_id=one.outcome_id
                )
