"""Appeal 申诉 against a refused matter: the same is asked again, and other persons decide.

The time to appeal begins with the delivery of the refusal. An appeal that is refused is final.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.conversion.working_days import WorkingDays
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import Notice, deadline, find_notices, refused_on
from creditbank.matters.file import FileMatter, Filing
from creditbank.matters.matter import MatterKind, MatterState
from creditbank.matters.queries import Matter, appeals_of, find_matters
from creditbank.writer.command import Decision, Moment

APPEAL_WORKING_DAYS = 15
"""The time to appeal against a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The refused matters, the appeals against them, what told their learners, and filing."""

    matters: Mapping[str, Matter]
    appeals: Mapping[str, str]
    notices: Mapping[str, Notice]
    filing: Filing


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealMatter:
    """Ask that one's own refused matter be decided again, for the reasons in `text`.

    `key` is that of the account that goes on, `keys` those of all her accounts. What was shown
    before is shown again beside `evidence`.
    """

    matter_id: str
    key: AccountKey
    keys: Mapping[str, AccountKey]
    by: str
    text: str
    evidence: Sequence[str] = ()
    received_on: date | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        matters = find_matters(connection, {one.matter_id for one in commands})
        asked = [
            one.filing(matter)
            for one in commands
            if (matter := matters.get(one.matter_id)) is not None and matter.account_id in one.keys
        ]
        appeals = appeals_of(connection, matters.keys())
        return State(
            matters=matters,
            appeals={one: appeal.id for one, appeal in appeals.items()},
            notices=refusal_notices(connection, matters.values()),
            filing=FileMatter.load(connection, asked),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """File the appeal; the answer is the id of the new matter.

        Raises a `Refusal`: "not-found", "matter-not-refused", "matter-appealed", "appeal-is-final",
        "appeal-too-late", and what filing raises.
        """
        matter = state.matters.get(self.matter_id)
        if matter is None or matter.account_id not in self.keys:
            raise Refusal("not-found")
        require_appealable(matter, state.appeals)
        # First, for a day that is still to come is wrong and not too late.
        asked = replace(self.filing(matter), not_before=refused_on(matter.notice_id, state.notices))
        filed = asked.decide(state.filing, moment)
        until = appeal_until(matter, state.notices, moment.calendar())
        received_on = self.received_on or civil_day(moment.now)
        if until is not None and received_on > until:
            raise Refusal("appeal-too-late", until=until.isoformat())
        appeals = {**state.appeals, matter.id: filed.answer}
        return Decision(answer=filed.answer, state=replace(state, appeals=appeals), rows=filed.rows)

    def filing(self, matter: Matter) -> FileMatter:
        """Give the same matter as it is asked for again."""
        key = self.keys[matter.account_id]
        shown = dict.fromkeys([*matter.evidence(key), *self.evidence])
        return FileMatter(
            key=self.key,
            by=self.by,
            kind=MatterKind(matter.kind),
            content=matter.content(key),
            evidence=list(shown),
            institution_id=matter.institution_id,
            about_id=matter.about_id,
            disputed_id=matter.disputed_id,
            conversion_id=matter.conversion_id,
            appeal_of=matter.id,
            said=self.text,
            received_on=self.received_on,
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the id of the new matter."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


def require_appealable(matter: Matter, appeals: Mapping[str, str]) -> None:
    """Refuse an appeal against what nobody refused, or for the second time."""
    if matter.state != MatterState.REFUSED:
        raise Refusal("matter-not-refused", state=matter.state)
    if matter.appeal_of is not None:
        raise Refusal("appeal-is-final")
    if matter.id in appeals:
        raise Refusal("matter-appealed", matter=appeals[matter.id])


def is_appealable(matter: Matter, appeal: str | None, until: date | None, today: date) -> bool:
    """Say whether a matter may still be appealed against."""
    is_first = matter.state == MatterState.REFUSED and matter.appeal_of is None and appeal is None
    return is_first and (until is None or today <= until)


def appeal_until(
    matter: Matter, notices: Mapping[str, Notice], calendar: WorkingDays
) -> date | None:
    """Give the last day to appeal; None while the refusal is not delivered."""
    notice = notices.get(matter.notice_id or "")
    return None if notice is None else deadline(notice, APPEAL_WORKING_DAYS, calendar)


def refusal_notices(connection: Connection, matters: Collection[Matter]) -> dict[str, Notice]:
    """Give the notices that told learners of refusals, by notice."""
    return find_notices(connection, [one.notice_id for one in matters if one.notice_id is not None])
