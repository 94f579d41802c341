"""Appeal 申诉 against a conversion that a rule decided alone: a person looks at it.

No notice was delivered with such a decision, so no time to appeal runs out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.credits.queries import StoredConversion, find_conversions
from creditbank.credits.status import HOLDING
from creditbank.errors import Refusal
from creditbank.filings.queries import StoredFiling, filings_of_conversions
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.file import FileMatter, Filing
from creditbank.matters.matter import MatterKind
from creditbank.matters.queries import matters_about
from creditbank.writer.command import Decision, Moment
from ledger.leaf import made_at


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The conversions, the filings by which persons decided some, and the appeals against them."""

    conversions: Mapping[str, StoredConversion]
    by_persons: Mapping[str, StoredFiling]
    appeals: Mapping[str, str]
    filing: Filing


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealConversion:
    """Ask that a conversion of one's own be reversed, for the reasons in `text`.

    `key` is that of the account that goes on, `keys` those of all her accounts.
    """

    conversion_id: str
    key: AccountKey
    keys: Mapping[str, AccountKey]
    by: str
    text: str
    evidence: Sequence[str] = ()
    received_on: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        conversions = find_conversions(connection, {one.conversion_id for one in commands})
        asked = [
            one.filing(conversion)
            for one in commands
            if (conversion := conversions.get(one.conversion_id)) is not None
        ]
        appeals = matters_about(connection, conversions=conversions)
        return State(
            conversions=conversions,
            by_persons=filings_of_conversions(connection, conversions),
            appeals={str(one.conversion_id): one.id for one in appeals},
            filing=FileMatter.load(connection, asked),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """File the appeal; the answer is the id of the matter.

        Raises a `Refusal`: "not-found", "conversion-by-persons", "conversion-not-standing",
        "matter-appealed", and what filing raises.
        """
        conversion = state.conversions.get(self.conversion_id)
        if conversion is None or conversion.account_id not in self.keys:
            raise Refusal("not-found")
        if conversion.id in state.by_persons:
            raise Refusal("conversion-by-persons", filing=state.by_persons[conversion.id].id)
        if conversion.status not in HOLDING:
            raise Refusal("conversion-not-standing", status=conversion.status)
        if conversion.id in state.appeals:
            raise Refusal("matter-appealed", matter=state.appeals[conversion.id])
        filed = self.filing(conversion).decide(state.filing, moment)
        appeals = {**state.appeals, conversion.id: filed.answer}
        return Decision(answer=filed.answer, state=replace(state, appeals=appeals), rows=filed.rows)

    def filing(self, conversion: StoredConversion) -> FileMatter:
        """Give the matter, which lies with the institution whose rule decided."""
        return FileMatter(
            key=self.key,
            by=self.by,
            kind=MatterKind.CONVERSION_APPEAL,
            content={"rule": conversion.rule_id, "text": self.text},
            evidence=self.evidence,
            institution_id=conversion.institution_id,
            conversion_id=conversion.id,
            received_on=self.received_on,
            not_before=civil_day(made_at(conversion.id)),
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the id of the matter."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result
