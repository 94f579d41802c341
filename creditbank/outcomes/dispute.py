"""Dispute an outcome 记录异议: its learner says what is wrong with it, its institution answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.file import FileMatter, Filing
from creditbank.matters.matter import UNDECIDED, MatterKind
from creditbank.matters.queries import Content, matters_about
from creditbank.outcomes.deposit import read_request
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Decision, Moment
from ledger.leaf import made_at
from ledger.statement import JSONValue


class DisputedField(StrEnum):
    """What of a record is wrong."""

    COURSE = "course"
    TERM = "term"
    RESULT = "result"
    CREDITS = "credits"
    CLASS_HOURS = "class_hours"
    AWARDED_ON = "awarded_on"
    CERTIFICATE = "certificate"
    STATUS = "status"  # that it was taken back
    NOT_MINE = "not_mine"  # all of it: it is somebody else's
    OTHER = "other"


_STATED: Mapping[DisputedField, tuple[str, ...]] = {
    DisputedField.COURSE: ("title",),
    DisputedField.TERM: ("term",),
    DisputedField.RESULT: ("result", "grade"),
    DisputedField.CREDITS: ("credits",),
    DisputedField.CLASS_HOURS: ("class_hours",),
    DisputedField.AWARDED_ON: ("awarded_on",),
    DisputedField.CERTIFICATE: ("certificate_series", "certificate_number"),
}
"""What a record states of each field; of the others it states nothing."""


def read_dispute(fields: Mapping[str, str | None], stated: Mapping[str, JSONValue]) -> Content:
    """Read what is said to be wrong, beside what the record states of it.

    Raises `InvalidInput` that names every wrong field; only of what is somebody else's need nobody
    say what it should be.
    """
    known = tuple(one.value for one in DisputedField)
    named = fields.get("field")
    if named and named not in known:
        problem = FieldProblem(field="field", code="kind-unknown", facts={"known": known})
        raise InvalidInput([problem])
    is_whole = named == DisputedField.NOT_MINE
    content = read_request(fields, ("field",) if is_whole else ("field", "should_be"))
    recorded = recorded_of(DisputedField(content["field"]), stated)
    beside = {"recorded": recorded} if recorded else {}
    return {"title": str(stated["title"]), "field": content["field"], **beside, **content}


def recorded_of(field: DisputedField, stated: Mapping[str, object]) -> str:
    """Give what a record states of a field, in its own words; empty where it states nothing."""
    return " ".join(str(stated[name]) for name in _STATED.get(field, ()) if stated.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes, the undecided disputes of them, and what filing reads."""

    outcomes: Mapping[str, StoredOutcome]
    open: Mapping[str, str]
    filing: Filing


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOutcome:
    """Ask the institution that posted an outcome of one's own to correct it.

    `key` is that of the account that goes on, `keys` those of all her accounts.
    """

    outcome_id: str
    key: AccountKey
    keys: Mapping[str, AccountKey]
    by: str
    content: Content
    evidence: Sequence[str] = ()
    received_on: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        outcomes = find_outcomes(connection, {one.outcome_id for one in commands})
        about = matters_about(connection, outcomes=outcomes)
        asked = [
            one.filing(outcome)
            for one in commands
            if (outcome := outcomes.get(one.outcome_id)) is not None
        ]
        return State(
            outcomes=outcomes,
            open={str(one.disputed_id): one.id for one in about if one.state in UNDECIDED},
            filing=FileMatter.load(connection, asked),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """File it; the answer is the id of the matter.

        Raises `InvalidInput`; a `Refusal`: "dispute-open", "outcome-superseded" for a record in
        whose place another one stands, and what filing raises.
        """
        outcome = state.outcomes.get(self.outcome_id)
        if outcome is None or outcome.account_id not in self.keys:
            raise InvalidInput([FieldProblem(field="outcome", code="outcome-unknown")])
        if outcome.status == OutcomeStatus.SUPERSEDED:
            raise Refusal("outcome-superseded")
        if outcome.id in state.open:
            raise Refusal("dispute-open", matter=state.open[outcome.id])
        filed = self.filing(outcome).decide(state.filing, moment)
        undecided = {**state.open, outcome.id: filed.answer}
        return Decision(answer=filed.answer, state=replace(state, open=undecided), rows=filed.rows)

    def filing(self, outcome: StoredOutcome) -> FileMatter:
        """Give the matter, which lies with who posted the outcome."""
        return FileMatter(
            key=self.key,
            by=self.by,
            kind=MatterKind.DISPUTE,
            content=self.content,
            evidence=self.evidence,
            institution_id=outcome.institution_id,
            disputed_id=outcome.id,
            received_on=self.received_on,
            not_before=civil_day(made_at(outcome.id)),
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the id of the matter."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result
