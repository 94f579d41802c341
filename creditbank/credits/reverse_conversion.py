"""Reverse one conversion because the decision itself was found to be wrong; outcomes stand.

What it used is free again, so that the same request can be filed anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.credits.queries import find_conversions
from creditbank.credits.reversal import Cause, ReversalCause, Standing, as_standing, reverse_one
from creditbank.credits.status import HOLDING
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.writer.command import Decision, Moment, joined

State = Mapping[str, Standing]
_TOLD: Mapping[ReversalCause, NoticeSubject] = {
    ReversalCause.APPEAL: NoticeSubject.CONVERSION_APPEALED,
    ReversalCause.ERROR: NoticeSubject.CONVERSION_REVERSED,
    ReversalCause.CONFLICT: NoticeSubject.CONVERSION_REVERSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseConversion:
    """Ask that a conversion be reversed; `by` is the login of who decided it.

    The learner is told for which `reason`; `cause` is one of `DECISION_ITSELF`.
    """

    conversion_id: str
    key: AccountKey
    by: str
    reason: str
    cause: ReversalCause = ReversalCause.APPEAL

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the conversions that these commands name."""
        found = find_conversions(connection, {command.conversion_id for command in commands})
        return {one.conversion.id: one for one in as_standing(connection, found)}

    def decide(self, state: State, moment: Moment) -> Decision[State, bool]:
        """Reverse it; the answer is False, and nothing changes, where it no longer stands.

        Raises `Refusal("not-found")` for another account's conversion.
        """
        standing = state.get(self.conversion_id)
        if standing is None or standing.conversion.account_id != self.key.account_id:
            raise Refusal("not-found")
        if standing.conversion.status not in HOLDING:
            return Decision(answer=False, state=state)
        cause = Cause(kind=self.cause, key=self.key, by=self.by)
        reversal = reverse_one(standing, cause, moment)
        facts = {
            "day": civil_day(moment.now).isoformat(),
            "credits": str(Credits(milli=standing.conversion.credits)),
            "rule": standing.conversion.rule_id,
            "reason": self.reason,
        }
        subject = _TOLD[self.cause]
        notice = draft_notice(self.key, subject=subject, facts=facts, moment=moment)
        return Decision(
            answer=True,
            state={one: had for one, had in state.items() if one != self.conversion_id},
            changes=reversal.changes,
            rows=joined(reversal.rows, notice_rows(notice)),
            leaves=[reversal.leaf],
        )

    @classmethod
    def remember(cls, answer: bool) -> str:  # noqa: FBT001 - the answer
        """Keep whether it changed something."""
        return "reversed" if answer else ""

    @classmethod
    def recall(cls, result: str) -> bool:
        """Give the first answer again."""
        return bool(result)
