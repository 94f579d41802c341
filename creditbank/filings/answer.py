"""What others than staff do with a filing: its learner answers or withdraws it, one objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from sqlalchemy import Connection

from creditbank.filings.chain import Act, FilingState
from creditbank.filings.known import Known, load_known
from creditbank.filings.queries import Words
from creditbank.filings.take import take
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnFiling:
    """Ask that a filing go on or end, as its learner says, or that an objection 异议 be heard.

    While it is published anybody known may object; the publication lasts until that is answered.
    """

    filing_id: str
    key: AccountKey
    secrets: VaultSecrets
    by: str
    act: Literal[Act.ANSWERED, Act.WITHDRAWN, Act.OBJECTED]
    text: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load what these commands name."""
        return load_known(connection, commands)

    def decide(self, state: Known, moment: Moment) -> Decision[Known, FilingState]:
        """Do it.

        Raises a `Refusal`: "not-found", "filing-decided", "filing-not-returned",
        "filing-not-published", "filing-disputed".
        """
        taken = take(self, self.act, Words(text=self.text), known=state, moment=moment)
        return Decision(
            answer=FilingState(taken.known.filings[self.filing_id].state),
            state=taken.known,
            changes=taken.changes,
            rows=taken.rows,
        )

    @classmethod
    def remember(cls, answer: FilingState) -> str:
        """Keep the state."""
        return answer.value

    @classmethod
    def recall(cls, result: str) -> FilingState:
        """Give the first answer again."""
        return FilingState(result)
