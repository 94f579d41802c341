"""Appeal 申诉 against a refused filing: it is decided again, by other persons, linked to the first.

The time to appeal begins with the delivery of the refusal. The day that counts for validity and for
the version of the rule stays that of the first filing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.conversion.rule import Rule
from creditbank.conversion.working_days import WorkingDays
from creditbank.errors import InvalidInput, Refusal
from creditbank.filings.chain import FilingState, arrive, first_of_appeal
from creditbank.filings.file import filing_rows
from creditbank.filings.known import Known, load_known, recognition
from creditbank.filings.queries import StoredFiling, appeals_of
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.notices import Notice, deadline, find_notices, refused_on
from creditbank.matters.file import received_problems
from creditbank.writer.command import Decision, Moment

APPEAL_WORKING_DAYS = 15
"""The time to appeal where the rule states none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The refused filings, the appeals against them, and what told their learners."""

    known: Known
    appeals: Mapping[str, str]
    notices: Mapping[str, Notice]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFiling:
    """Ask that one's own refused filing be decided again, for the reasons in `text`.

    `received_on` is the day on which the appeal was handed in at the counter before it was typed.
    """

    filing_id: str
    key: AccountKey
    secrets: VaultSecrets
    by: str
    text: str
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
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """File the appeal; the answer is the id of the new filing.

        Raises `InvalidInput` for a day to come or before the refusal, and a `Refusal`: "not-found",
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
            self.text,
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
