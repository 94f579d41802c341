"""Uphold an appeal against a conversion 申诉成立: it is reversed, what it used is free again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.conversion.days import civil_day
from creditbank.credits import reverse_conversion
from creditbank.credits.reverse_conversion import ReverseConversion
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.matters import take as steps
from creditbank.matters.matter import MatterState, StepKind
from creditbank.matters.queries import Matter, find_matters
from creditbank.matters.take import Said, load_steps, require_matter, take
from creditbank.writer.command import Decision, Moment, Rows, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The appeals, and the conversions that they are against."""

    steps: steps.State
    conversions: reverse_conversion.State


@dataclass(frozen=True, slots=True, kw_only=True)
class UpholdAppeal:
    """Ask that an appeal be upheld, as the person `said` names; the learner is told why.

    `institution_id` is that person's, `keys` are those of all the learner's accounts.
    `conversion_key` is that of the account in which the conversion was made.
    """

    matter_id: str
    institution_id: str
    said: Said
    keys: Mapping[str, AccountKey]
    conversion_key: AccountKey

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the appeals and the conversions that they are against."""
        found = find_matters(connection, {one.matter_id for one in commands})
        reversals = [
            one.reversal(matter)
            for one in commands
            if (matter := found.get(one.matter_id)) is not None
        ]
        return State(
            steps=load_steps(connection, found.keys()),
            conversions=ReverseConversion.load(connection, reversals),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, MatterState]:
        """Uphold it; raises a `Refusal`: "not-found", and those of `take`.

        A conversion that was reversed since stays as it is, and she is told the end of her appeal.
        """
        on = civil_day(moment.now)
        matter = require_matter(state.steps, self.matter_id, covering=self.institution_id, on=on)
        if matter.account_id not in self.keys:
            raise Refusal("not-found")
        taken = take(
            matter,
            StepKind.UPHELD,
            self.said,
            key=self.keys[matter.account_id],
            state=state.steps,
            moment=moment,
        )
        reversal = self.reversal(matter).decide(state.conversions, moment)
        return Decision(
            answer=MatterState.UPHELD,
            state=State(steps=taken.state, conversions=reversal.state),
            changes=[*reversal.changes, *taken.changes],
            rows=joined(reversal.rows or self._told(matter, moment), taken.rows),
            leaves=reversal.leaves,
        )

    def reversal(self, matter: Matter) -> ReverseConversion:
        """Give the reversal of the conversion that a matter appeals against."""
        return ReverseConversion(
            conversion_id=matter.conversion_id or "",
            key=self.conversion_key,
            by=self.said.by,
            reason=self.said.text,
        )

    def _told(self, matter: Matter, moment: Moment) -> Mapping[type[SQLModel], Rows]:
        """Tell the end of an appeal of which no reversal tells."""
        facts = {"day": civil_day(moment.now).isoformat(), "text": self.said.text}
        key, subject = self.keys[matter.account_id], NoticeSubject.MATTER_UPHELD
        return notice_rows(draft_notice(key, subject=subject, facts=facts, moment=moment))

    @classmethod
    def remember(cls, answer: MatterState) -> str:
        """Keep the state."""
        return answer.value

    @classmethod
    def recall(cls, result: str) -> MatterState:
        """Give the first answer again."""
        return MatterState(result)
