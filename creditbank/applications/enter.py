"""Record what a school answers to an application: entered 已入册, or not 不予入册, with its reason.

The answer is final: the same one again changes nothing, another one is refused. What is not entered
frees its places, and the credit can be offered again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import Connection

from creditbank.applications.queries import (
    StoredApplication,
    StoredEntry,
    find_applications,
    find_entries,
)
from creditbank.applications.show import words_of
from creditbank.applications.status import ApplicationStatus, DeclineReason, Verdict, set_status
from creditbank.applications.tables import ApplicationEntryRow
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.outcomes.texts import stated_text_problem
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, decode, new_id
from ledger.read import read_leaf
from ledger.statement import JSONValue, Statement, make_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a school says of one application, and the day on which it entered it or decided."""

    verdict: Verdict
    on: date
    reason: DeclineReason | None = None
    text: str | None = None

    def require_sound(self, today: date) -> None:
        """Raise `InvalidInput` for a day to come, or a refusal without reason and words."""
        problems = []
        if self.on > today:
            problems.append(FieldProblem(field="on", code="date-in-future"))
        if self.verdict is Verdict.DECLINED:
            if self.reason is None:
                problems.append(FieldProblem(field="reason", code="field-missing"))
            if (problem := stated_text_problem("text", self.text or "")) is not None:
                problems.append(problem)
        elif self.reason is not None or self.text is not None:
            problems.append(FieldProblem(field="reason", code="entered-without-reason"))
        if problems:
            raise InvalidInput(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The school's answer as it is recorded; `is_new` is false where it was there already."""

    application_id: str
    verdict: Verdict
    entry_index: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The applications that commands name, what was answered, their rules, and the schools."""

    applications: Mapping[str, StoredApplication]
    entries: Mapping[str, StoredEntry]
    rules: Mapping[str, bytes]
    schools: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmApplication:
    """Ask that a school's answer to an application of the account of this key be recorded."""

    key: AccountKey
    application_id: str
    confirmation: Confirmation
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name; the leaf of an application says its rule."""
        named = {command.application_id for command in commands}
        applications = find_applications(connection, named)
        schools = {one.institution_id for one in applications.values()}
        return State(
            applications=applications,
            entries=find_entries(connection, named),
            rules={
                one.id: bytes.fromhex(str(decode(read_leaf(connection, one.entry_index))["rule"]))
                for one in applications.values()
            },
            schools=find_institutions(connection, schools),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Entered]:
        """Record it, and tell the learner where it is declined.

        Raises a `Refusal`: "not-found", "application-answered" for another answer than before,
        "application-reversed", and what `Confirmation.require_sound` names.
        """
        application = state.applications.get(self.application_id)
        if application is None or application.account_id != self.key.account_id:
            raise Refusal("not-found")
        self.confirmation.require_sound(civil_day(moment.now))
        earlier = state.entries.get(application.id)
        if earlier is not None:
            return Decision(answer=self._again(earlier), state=state)
        if not application.stands:
            raise Refusal("application-reversed")
        return self._recorded(application, state, moment)

    @classmethod
    def remember(cls, answer: Entered) -> str:
        """Keep what a repetition is answered with."""
        return f"{answer.application_id} {answer.verdict.value} {answer.entry_index}"

    @classmethod
    def recall(cls, result: str) -> Entered:
        """Give the first answer again."""
        application_id, verdict, index = result.split(" ")
        return Entered(
            application_id=application_id,
            verdict=Verdict(verdict),
            entry_index=int(index),
            is_new=False,
        )

    def _again(self, earlier: StoredEntry) -> Entered:
        said = self.confirmation
        before = (earlier.verdict, earlier.reason, earlier.entered_on, words_of(earlier, self.key))
        if before != (said.verdict, said.reason, said.on.isoformat(), said.text):
            raise Refusal("application-answered", verdict=earlier.verdict, on=earlier.entered_on)
        return Entered(
            application_id=earlier.application_id,
            verdict=Verdict(earlier.verdict),
            entry_index=earlier.entry_index,
            is_new=False,
        )

    def _recorded(
        self, application: StoredApplication, state: State, moment: Moment
    ) -> Decision[State, Entered]:
        said = self.confirmation
        leaf_id = new_id(moment.now, moment.entropy)
        statement = self._statement(application, moment)
        entry = self._entry(application, leaf_id.hex(), statement, moment)
        status = ApplicationStatus(said.verdict.value)
        changed = replace(application, status=status.value)
        notices = [self._notice(application, state, moment)] * (said.verdict is Verdict.DECLINED)
        return Decision(
            answer=Entered(
                application_id=application.id,
                verdict=said.verdict,
                entry_index=moment.next_index,
                is_new=True,
            ),
            state=replace(
                state,
                applications={**state.applications, application.id: changed},
                entries={**state.entries, application.id: entry},
            ),
            changes=[set_status([application.id], status)],
            rows={
                ApplicationEntryRow: [
                    {name: getattr(entry, name) for name in StoredEntry.__slots__}
                ],
                **notice_rows(*notices),
            },
            leaves=[
                LeafDraft(
                    t="apply",
                    id=leaf_id,
                    iss=application.institution_id,
                    acct=self.key.account_tag(leaf_id),
                    stmt=statement.digest,
                    rule=state.rules[application.id],
                    ref=application.entry_index,
                )
            ],
        )

    def _statement(self, application: StoredApplication, moment: Moment) -> Statement:
        said = self.confirmation
        fields: dict[str, JSONValue] = {
            "account_number": self.key.number,
            "application": application.id,
            "on": said.on.isoformat(),
            "verdict": said.verdict.value,
        }
        if said.reason is not None:
            fields |= {"reason": said.reason.value, "text": said.text}
        return make_statement(
            issuer=application.institution_id,
            log=moment.log,
            kind="apply",
            fields=fields,
            entropy=moment.entropy,
        )

    def _entry(
        self, application: StoredApplication, leaf_id: str, statement: Statement, moment: Moment
    ) -> StoredEntry:
        said = self.confirmation
        return StoredEntry(
            application_id=application.id,
            id=leaf_id,
            verdict=said.verdict.value,
            reason=None if said.reason is None else said.reason.value,
            entered_on=said.on.isoformat(),
            decided_with=self.by,
            entry_index=moment.next_index,
            sealed_statement=seal_statement(
                self.key, "application_entry", leaf_id, statement, moment.entropy
            ),
        )

    def _notice(
        self, application: StoredApplication, state: State, moment: Moment
    ) -> dict[str, object]:
        said, today = self.confirmation, civil_day(moment.now)
        return draft_notice(
            self.key,
            subject=NoticeSubject.CREDIT_NOT_ENTERED,
            facts={
                "credits": str(Credits(milli=application.credits)),
                "day": said.on.isoformat(),
                "institution": state.schools[application.institution_id].on(today).name,
                "text": said.text or "",
            },
            moment=moment,
        )
