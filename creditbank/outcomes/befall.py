"""What befalls an outcome that stays the same: suspended 冻结, lifted, its validity extended 年审.

Each is a leaf that refers to the outcome's own. Nothing new is made of a suspended outcome. What
this decides is written together with what follows for recognised credit, never alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields, seal_statement
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.outcomes.dates import DateError, PartialDate
from creditbank.outcomes.events import LEAF_KINDS, EventKind, StoredEvent, events_of
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.revoke import require_active, require_own
from creditbank.outcomes.status import OutcomeStatus, set_status
from creditbank.outcomes.tables import OutcomeEventRow
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, Statement, make_statement

_TOLD: Mapping[EventKind, NoticeSubject] = {
    EventKind.SUSPENDED: NoticeSubject.OUTCOME_SUSPENDED,
    EventKind.LIFTED: NoticeSubject.OUTCOME_LIFTED,
    EventKind.EXTENDED: NoticeSubject.OUTCOME_EXTENDED,
}
"""What the learner is told of each."""

_BECOMES = {
    EventKind.SUSPENDED: OutcomeStatus.SUSPENDED,
    EventKind.LIFTED: OutcomeStatus.ACTIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Befallen:
    """What became of the outcome; `entry_index` is the event's leaf, None where nothing changed."""

    outcome_id: str
    status: OutcomeStatus
    entry_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes that commands name, what befell them, and the institutions that they are of."""

    outcomes: Mapping[str, StoredOutcome]
    events: Mapping[str, Sequence[StoredEvent]]
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvent:
    """Ask that an outcome be suspended, lifted, or extended; `valid_until` is of an extension.

    Without `tells` whoever asks tells the learner of several outcomes at once.
    """

    institution_id: str
    posted_with: str
    outcome_id: str
    key: AccountKey
    kind: EventKind
    reason: str
    valid_until: str | None = None
    tells: bool = True

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        named = {command.outcome_id for command in commands}
        return State(
            outcomes=find_outcomes(connection, named),
            events=events_of(connection, named),
            histories=find_institutions(connection, {one.institution_id for one in commands}),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Befallen]:
        """Record it, and tell the learner.

        Raises a `Refusal`: "outcome-not-active", and what `InvalidInput` names. An outcome that is
        suspended, or stands, already is left as it is.
        """
        outcome = require_own(state.outcomes, self.outcome_id, self.institution_id)
        earlier = state.events.get(outcome.id, ())
        fields = self._fields(outcome, earlier)
        status = _BECOMES.get(self.kind, OutcomeStatus.ACTIVE)
        if self.kind is not EventKind.EXTENDED and outcome.status == status:
            unchanged = Befallen(outcome_id=outcome.id, status=status, entry_index=None)
            return Decision(answer=unchanged, state=state)
        if self.kind is not EventKind.LIFTED or outcome.status != OutcomeStatus.SUSPENDED:
            require_active(outcome)
        leaf_id = new_id(moment.now, moment.entropy)
        statement = make_statement(
            issuer=outcome.institution_id,
            log=moment.log,
            kind=LEAF_KINDS[self.kind],
            fields=fields,
            entropy=moment.entropy,
        )
        is_of_status = self.kind in _BECOMES
        row = self._row(leaf_id.hex(), statement, moment)
        return Decision(
            answer=Befallen(outcome_id=outcome.id, status=status, entry_index=moment.next_index),
            state=replace(
                state,
                outcomes={**state.outcomes, outcome.id: replace(outcome, status=status.value)},
                events={**state.events, outcome.id: [*earlier, StoredEvent(**row)]},
            ),
            changes=[set_status(outcome.id, status=status, frees_tag=False)]
            if is_of_status
            else [],
            rows={
                OutcomeEventRow: [row],
                **notice_rows(*self._notices(outcome, state.histories, moment)),
            },
            leaves=[
                LeafDraft(
                    t=LEAF_KINDS[self.kind],
                    id=leaf_id,
                    iss=outcome.institution_id,
                    acct=self.key.account_tag(leaf_id),
                    stmt=statement.digest,
                    ref=outcome.entry_index,
                )
            ],
        )

    def is_open(self, state: State) -> bool:
        """Say whether this would change how its outcome stands."""
        outcome = state.outcomes[self.outcome_id]
        is_lifted = self.kind is EventKind.LIFTED
        return outcome.status == (OutcomeStatus.SUSPENDED if is_lifted else OutcomeStatus.ACTIVE)

    @classmethod
    def remember(cls, answer: Befallen) -> str:
        """Keep what a repetition is answered with."""
        return f"{answer.outcome_id} {answer.status} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Befallen:
        """Give the first answer again."""
        outcome_id, status, index = result.split()
        return Befallen(
            outcome_id=outcome_id,
            status=OutcomeStatus(status),
            entry_index=None if index == "None" else int(index),
        )

    def _row(self, event_id: str, statement: Statement, moment: Moment) -> dict[str, Any]:
        table = str(OutcomeEventRow.__tablename__)
        return {
            "id": event_id,
            "outcome_id": self.outcome_id,
            "kind": self.kind.value,
            "posted_with": self.posted_with,
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                self.key, table, event_id, statement, moment.entropy
            ),
        }

    def _notices(
        self, outcome: StoredOutcome, histories: Mapping[str, History], moment: Moment
    ) -> Iterator[dict[str, object]]:
        if not self.tells:
            return
        today = civil_day(moment.now)
        facts = {
            "day": today.isoformat(),
            "institution": histories[self.institution_id].on(today).name,
            "reason": self.reason,
            "title": str(self._stated(outcome)["title"]),
        }
        if self.valid_until is not None:
            facts["until"] = self.valid_until
        yield draft_notice(self.key, subject=_TOLD[self.kind], facts=facts, moment=moment)

    def _stated(self, outcome: StoredOutcome) -> Mapping[str, JSONValue]:
        sealed = outcome.sealed_statement
        return open_fields(self.key, "outcome", outcome.id, sealed)

    def _fields(
        self, outcome: StoredOutcome, earlier: Sequence[StoredEvent]
    ) -> dict[str, JSONValue]:
        """Give what is stated of it; raises `InvalidInput` that names every wrong field."""
        problems = [one for one in (reason_problem(self.reason),) if one is not None]
        fields: dict[str, JSONValue] = {
            "outcome": outcome.id,
            "event": self.kind.value,
            "reason": self.reason,
        }
        if self.kind is EventKind.EXTENDED:
            problem = self._extension_problem(outcome, earlier)
            problems += [] if problem is None else [problem]
            fields["valid_until"] = self.valid_until
        if problems:
            raise InvalidInput(problems)
        return fields

    def _extension_problem(
        self, outcome: StoredOutcome, earlier: Sequence[StoredEvent]
    ) -> FieldProblem | None:
        try:
            until = PartialDate.parse(self.valid_until or "", today=date.max)
        except DateError as error:
            return FieldProblem(field="valid_until", code=error.code)
        stated = self._stated(outcome)
        if "valid_until" not in stated:
            return FieldProblem(field="valid_until", code="validity-open")
        ends = [stated["valid_until"]]
        ends += [one.stated(self.key).get("valid_until") for one in earlier]
        if until.last_day <= max(_last_day(end) for end in ends if end is not None):
            return FieldProblem(field="valid_until", code="extension-shorter")
        return None


def _last_day(text: JSONValue) -> date:
    return PartialDate.parse(str(text), today=date.max).last_day
