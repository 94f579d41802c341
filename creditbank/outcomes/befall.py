"""What befalls an outcome that stays the same: suspended 冻结, lifted, its validity extended 年审.

Each is a leaf that refers to the outcome's own. What was recognised from a suspended outcome stays
until it is decided on; nothing new is made of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.database import chunks, stream, table_of
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement, seal_statement
from creditbank.outcomes.dates import DateError, PartialDate
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.revoke import require_active, require_own
from creditbank.outcomes.status import OutcomeStatus, set_status
from creditbank.outcomes.tables import OutcomeEventRow, OutcomeRow
from creditbank.outcomes.texts import reason_problem
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, Statement, make_statement

State = dict[str, StoredOutcome]


class EventKind(StrEnum):
    """What befell an outcome."""

    SUSPENDED = "suspended"  # 冻结
    LIFTED = "lifted"  # 解除冻结
    EXTENDED = "extended"  # 年审


LEAF_KINDS: Mapping[EventKind, str] = {
    EventKind.SUSPENDED: "suspend",
    EventKind.LIFTED: "suspend",
    EventKind.EXTENDED: "extend",
}
"""The type of leaf that records each."""

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
class RecordEvent:
    """Ask that an outcome be suspended, lifted, or extended; `valid_until` is of an extension."""

    institution_id: str
    posted_with: str
    outcome_id: str
    key: AccountKey
    kind: EventKind
    reason: str
    valid_until: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the outcomes that these commands name."""
        return find_outcomes(connection, {command.outcome_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, Befallen]:
        """Record it; raises a `Refusal`: "outcome-not-active", and what `InvalidInput` names.

        An outcome that is suspended, or stands, already is left as it is.
        """
        outcome = require_own(state, self.outcome_id, self.institution_id)
        fields = self._fields(outcome)
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
        return Decision(
            answer=Befallen(outcome_id=outcome.id, status=status, entry_index=moment.next_index),
            state={**state, outcome.id: replace(outcome, status=status.value)},
            changes=[set_status(outcome.id, status=status, frees_tag=False)]
            if is_of_status
            else [],
            rows={OutcomeEventRow: [self._row(leaf_id.hex(), statement, moment)]},
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

    def _row(self, event_id: str, statement: Statement, moment: Moment) -> dict[str, object]:
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

    def _fields(self, outcome: StoredOutcome) -> dict[str, JSONValue]:
        """Give what is stated of it; raises `InvalidInput` that names every wrong field."""
        problems = [one for one in (reason_problem(self.reason),) if one is not None]
        fields: dict[str, JSONValue] = {
            "outcome": outcome.id,
            "event": self.kind.value,
            "reason": self.reason,
        }
        if self.kind is EventKind.EXTENDED:
            problem = self._extension_problem(outcome)
            problems += [] if problem is None else [problem]
            fields["valid_until"] = self.valid_until
        if problems:
            raise InvalidInput(problems)
        return fields

    def _extension_problem(self, outcome: StoredOutcome) -> FieldProblem | None:
        try:
            until = PartialDate.parse(self.valid_until or "", today=date.max)
        except DateError as error:
            return FieldProblem(field="valid_until", code=error.code)
        sealed = outcome.sealed_statement
        stated = fields_of(open_statement(self.key, "outcome", outcome.id, sealed))
        if "valid_until" not in stated:
            return FieldProblem(field="valid_until", code="validity-open")
        before = PartialDate.parse(str(stated["valid_until"]), today=date.max)
        if until.last_day <= before.last_day:
            return FieldProblem(field="valid_until", code="extension-shorter")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A stored suspension, its lifting, or an extension; why is under seal."""

    id: str
    outcome_id: str
    kind: str
    posted_with: str
    entry_index: int
    sealed_statement: bytes


_EVENTS = [table_of(OutcomeEventRow).c[name] for name in StoredEvent.__slots__]


def events_of(connection: Connection, outcome_ids: Collection[str]) -> dict[str, list[StoredEvent]]:
    """Give what befell these outcomes, by outcome, each in the order of the ledger."""
    found: dict[str, list[StoredEvent]] = {}
    for chunk in chunks(list(outcome_ids)):
        wanted = select(*_EVENTS).where(col(OutcomeEventRow.outcome_id).in_(chunk))
        for row in connection.execute(wanted.order_by(col(OutcomeEventRow.entry_index))).mappings():
            found.setdefault(row["outcome_id"], []).append(StoredEvent(**row))
    return found


def find_events(connection: Connection, ids: Collection[str]) -> dict[str, StoredEvent]:
    """Give those of these events that exist, by id."""
    found: dict[str, StoredEvent] = {}
    for chunk in chunks(list(ids)):
        wanted = select(*_EVENTS).where(col(OutcomeEventRow.id).in_(chunk))
        rows = connection.execute(wanted).mappings()
        found.update((row["id"], StoredEvent(**row)) for row in rows)
    return found


def event_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every event, or of those of an account's outcomes, by index."""
    wanted = select(col(OutcomeEventRow.entry_index), col(OutcomeEventRow.id))
    if account_id is not None:
        wanted = wanted.join(OutcomeRow, col(OutcomeRow.id) == col(OutcomeEventRow.outcome_id))
        wanted = wanted.where(col(OutcomeRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(OutcomeEventRow.entry_index))):
        yield row[0], row[1]
