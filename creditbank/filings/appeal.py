"""Appeal 申诉 against a refused filing: it is decided again, by other persons, linked to the first.

The time to appeal begins with the delivery of the refusal. The day that counts for validity and for
the version of the rule stays that of the first filing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.conversion.rule import Rule
from creditbank.conversion.working_days import WorkingDays
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.evidence.queries import StoredEvidence, find_evidence
from creditbank.filings.chain import FilingState, arrive, first_of_appeal
from creditbank.filings.file import filing_rows
from creditbank.filings.known import Known, load_known, recognition
from creditbank.filings.queries import StoredFiling, Words, appeals_of
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.notices import Notice, deadline, find_notices, refused_on
from creditbank.matters.file import received_problems
from creditbank.writer.command import Decision, Moment

APPEAL_WORKING_DAYS = 15
"""The time to appeal where the rule states none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The refused filings, the appeals against them, what told their learners, and evidence."""

    known: Known
    appeals: Mapping[str, str]
    notices: Mapping[str, Notice]
    pieces: Mapping[str, StoredEvidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFiling:
    """Ask that one's own refused filing be decided again, for the reasons in `text`.

    `received_on` is the day on which the appeal was handed in at the counter before it was typed;
    `evidence` names pieces of her own, in one of her `accounts`.
    """

    filing_id: str
    key: AccountKey
    secrets: VaultSecrets
    by: str
    text: str
    evidence: Sequence[str] = ()
    accounts: Collection[str] = ()
    received_on: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        known = load_known(connection, commands)
        told = {one.notice_id for one in known.filings.values() if one.notice_id is not None}
        appeals = appeals_of(connection, known.filings.keys())
        return State(
            known=known,
            appeals={one: appeal.id for one, appeal in appeals.items()},
            notices=find_notices(connection, told),
            pieces=find_evidence(connection, {id_ for one in commands for id_ in one.evidence}),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """File the appeal; the answer is the id of the new filing.

        Raises `InvalidInput` for a day to come or before the refusal and for evidence that is not
        hers, and a `Refusal`: "not-found",
        "filing-not-refused", "filing-appealed", "appeal-too-late".
        """
        filing = state.known.require(self.filing_id, self.key)
        today, calendar = civil_day(moment.now), moment.calendar()
        if filing.state != FilingState.REFUSED:
            raise Refusal("filing-not-refused", state=filing.state)
        if filing.id in state.appeals:
            raise Refusal("filing-appealed", filing=state.appeals[filing.id])
        rule = state.known.rule(filing)
        until = appeal_until(filing, rule, state.notices, calendar)
        received_on = self._received_on(refused_on(filing.notice_id, state.notices), today)
        self._require_own(state.pieces)
        if until is not None and received_on > until:
            raise Refusal("appeal-too-late", until=until.isoformat())
        asked = recognition(self, filing, ())
        judged = asked.judge(state.known.credit, today)
        chain = state.known.chain(filing)
        at = first_of_appeal(chain)
        progress = arrive(chain, at, today, calendar)
        rows, stored = filing_rows(
            self,
            asked.request,
            judged,
            progress,
            chain[at].step,
            date.fromisoformat(filing.received_on),
            Words(text=self.text, evidence=self.evidence),
            moment,
            appeal_of=filing.id,
        )
        appeals = {**state.appeals, filing.id: stored.id}
        return Decision(answer=stored.id, state=replace(state, appeals=appeals), rows=rows)

    def _received_on(self, first: date | None, today: date) -> date:
        """Give the day by which one appealed in time; raises `InvalidInput`."""
        if problems := list(received_problems(self.received_on, first, today)):
            raise InvalidInput(problems)
        return self.received_on or today

    def _require_own(self, pieces: Mapping[str, StoredEvidence]) -> None:
        """Refuse evidence that is not hers; raises `InvalidInput`."""
        own = {self.key.account_id, *self.accounts}
        hers = {one.id for one in pieces.values() if one.account_id in own}
        if strange := [one for one in self.evidence if one not in hers]:
            raise InvalidInput(
                [
                    FieldProblem(field="evidence", code="evidence-unknown", facts={"evidence": one})
                    for one in strange
                ]
            )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the id of the new filing."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


def appeal_until(
    filing: StoredFiling, rule: Rule, notices: Mapping[str, Notice], calendar: WorkingDays
) -> date | None:
    """Give the last day to appeal; None while the refusal is not delivered."""
    notice = notices.get(filing.notice_id or "")
    terms = rule.workflow
    stated = None if terms is None else terms.appeal_working_days
    days = APPEAL_WORKING_DAYS if stated is None else stated
    return None if notice is None else deadline(notice, days, calendar)
