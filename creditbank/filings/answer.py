"""What others than staff do with a filing: its learner answers or withdraws it, one objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.errors import InvalidInput
from creditbank.filings.chain import Act, FilingState
from creditbank.filings.known import Known, load_known
from creditbank.filings.queries import Words
from creditbank.filings.take import take
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.matters.file import received_problems
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnFiling:
    """Ask that a filing go on or end, as its learner says, or that an objection 异议 be heard.

    While it is published anybody known may object; the publication lasts until that is answered.
    `received_on` is the day on which an answer was handed in at the counter before it was typed;
    the clock goes on from it.
    """

    filing_id: str
    key: AccountKey
    secrets: VaultSecrets
    by: str
    act: Literal[Act.ANSWERED, Act.WITHDRAWN, Act.OBJECTED]
    text: str
    received_on: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load what these commands name."""
        return load_known(connection, commands)

    def decide(self, state: Known, moment: Moment) -> Decision[Known, FilingState]:
        """Do it.

        Raises `InvalidInput` for a wrong day, and a `Refusal`: "not-found", "filing-decided",
        "filing-not-returned", "filing-not-published", "filing-disputed".
        """
        on = self._received_on(state, civil_day(moment.now))
        taken = take(self, self.act, Words(text=self.text), known=state, moment=moment, on=on)
        return Decision(
            answer=FilingState(taken.known.filings[self.filing_id].state),
            state=taken.known,
            changes=taken.changes,
            rows=taken.rows,
        )

    def _received_on(self, state: Known, today: date) -> date | None:
        """Give the day of receipt, if one was typed; it is not before that of the return."""
        steps = state.steps.get(self.filing_id, ())
        returned = [one.taken_at for one in steps if one.act == Act.RETURNED]
        first = civil_day(datetime.fromtimestamp(returned[-1], UTC)) if returned else None
        if problems := list(received_problems(self.received_on, first, today)):
            raise InvalidInput(problems)
        return self.received_on

    @classmethod
    def remember(cls, answer: FilingState) -> str:
        """Keep the state."""
        return answer.value

    @classmethod
    def recall(cls, result: str) -> FilingState:
        """Give the first answer again."""
        return FilingState(result)
