"""File a matter: a citizen keeps an outcome as she declares it, or asks an institution for one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import orjson
from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.evidence.queries import StoredEvidence, find_evidence
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import account_states, accounts_as_one
from creditbank.matters.matter import MatterKind, MatterState, StepKind, begun
from creditbank.matters.queries import EVIDENCE, Content, Matter, content_place, find_matters
from creditbank.matters.tables import MatterRow, MatterStepRow
from creditbank.matters.take import Said, columns_of, step_row, told_rows
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import new_id

RECEIVED_DAYS_MAX = 366
"""How many days ago a form can have been received that is about nothing which has a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What filing reads: the institutions, deposits and pieces of evidence that are named.

    `owners` are the accounts of one person, by the account that goes on, `states` where each is.
    """

    institutions: Collection[str]
    matters: Mapping[str, Matter]
    evidence: Mapping[str, StoredEvidence]
    owners: Mapping[str, Collection[str]]
    states: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMatter:
    """Ask that a matter of one's own be kept, and that an institution decide on it.

    `evidence` names pieces of one's own; `received_on` is the day on which a form was handed in at
    the counter before it was typed, `not_before` the day of what it is against. `disputed_id`,
    `conversion_id` and `appeal_of` name what a dispute or an appeal is about; whoever files one has
    looked at that. `said` stands in the history, `content` is what is asked.
    """

    key: AccountKey
    by: str
    kind: MatterKind
    content: Content
    evidence: Sequence[str] = ()
    institution_id: str | None = None
    about_id: str | None = None
    disputed_id: str | None = None
    conversion_id: str | None = None
    appeal_of: str | None = None
    said: str = ""
    received_on: date | None = None
    not_before: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Filing:
        """Load what these commands name."""
        named = {one.institution_id for one in commands if one.institution_id is not None}
        return Filing(
            institutions=find_institutions(connection, named).keys(),
            matters=find_matters(connection, {one.about_id or "" for one in commands}),
            evidence=find_evidence(connection, {id_ for one in commands for id_ in one.evidence}),
            owners={
                one.key.account_id: accounts_as_one(connection, one.key.account_id)
                for one in commands
                if one.evidence or one.about_id is not None
            },
            states=account_states(connection, {one.key.account_id for one in commands}),
        )

    def decide(self, state: Filing, moment: Moment) -> Decision[Filing, str]:
        """File it; the answer is its id.

        Raises `Refusal("account-not-in-use")`, and `InvalidInput` for what is named wrongly.
        """
        require_in_use(state.states.get(self.key.account_id))
        today = civil_day(moment.now)
        self._require_sound(state, today)
        matter_id, received_on = new_id(moment.now, moment.entropy).hex(), self.received_on or today
        progress = begun(self.kind, received_on, moment.calendar())
        content = orjson.dumps({**self.content, EVIDENCE: list(self.evidence)})
        row = {
            "id": matter_id,
            "kind": self.kind.value,
            "account_id": self.key.account_id,
            "institution_id": self.institution_id,
            "about_id": self.about_id,
            "disputed_id": self.disputed_id,
            "conversion_id": self.conversion_id,
            "appeal_of": self.appeal_of,
            "notice_id": None,
            "received_on": received_on.isoformat(),
            "outcome_id": None,
            "sealed_content": self.key.seal(content_place(matter_id), content, moment.entropy),
            **columns_of(progress),
        }
        step = step_row(matter_id, 1, StepKind.FILED, Said(self.by, self.said), self.key, moment)
        rows: dict[type[SQLModel], Rows] = {
            MatterRow: [row],
            MatterStepRow: [step],
            **told_rows(matter_id, self.kind.value, self.institution_id, progress, moment),
        }
        return Decision(answer=matter_id, state=state, rows=rows)

    def _require_sound(self, state: Filing, today: date) -> None:
        first = self.not_before or today - timedelta(days=RECEIVED_DAYS_MAX)
        problems = list(received_problems(self.received_on, first, today))
        if self.kind is not MatterKind.DEPOSIT and self.institution_id not in state.institutions:
            facts = {"institution": self.institution_id or ""}
            problems.append(
                FieldProblem(field="institution", code="institution-unknown", facts=facts)
            )
        if self.kind is MatterKind.CERTIFICATION:
            deposit = state.matters.get(self.about_id or "")
            own = deposit is not None and deposit.account_id in self._owners(state)
            if deposit is None or not own or deposit.state != MatterState.STORED:
                problems.append(FieldProblem(field="deposit", code="deposit-unknown"))
        problems += self._evidence_problems(state)
        if problems:
            raise InvalidInput(problems)

    def _evidence_problems(self, state: Filing) -> Iterator[FieldProblem]:
        if self.kind is MatterKind.DEPOSIT and not self.evidence:
            yield FieldProblem(field=EVIDENCE, code="field-missing")
        owners = self._owners(state)
        for evidence_id in self.evidence:
            piece = state.evidence.get(evidence_id)
            if piece is None or piece.account_id not in owners:
                facts = {"evidence": evidence_id}
                yield FieldProblem(field=EVIDENCE, code="evidence-unknown", facts=facts)

    def _owners(self, state: Filing) -> Collection[str]:
        return state.owners.get(self.key.account_id, ())

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep its id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


def received_problems(
    received_on: date | None, first: date | None, today: date
) -> Iterator[FieldProblem]:
    """Name what is wrong with a day of receipt: it is neither to come nor before the first one."""
    if received_on is not None and received_on > today:
        yield FieldProblem(field="received_on", code="date-in-future")
    elif received_on is not None and first is not None and received_on < first:
        facts = {"first": first.isoformat()}
        yield FieldProblem(field="received_on", code="received-too-early", facts=facts)
