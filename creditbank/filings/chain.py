"""How a filing goes along the chain of its rule: 受理 → 初审 → 复审 → 终审 → 公示 → 认定. Pure.

The clock of a step counts working days from the day on which the filing reached it; while it is
returned for completion 退回补正 it stands still. 入册 is entered by the school and is no step here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from creditbank.conversion.rule import Rule
from creditbank.conversion.workflow import ChainStep
from creditbank.conversion.working_days import WorkingDays
from creditbank.errors import Refusal


class FilingState(StrEnum):
    """Where a filing is."""

    OPEN = "open"  # 办理中
    RETURNED = "returned"  # 退回补正
    RECOGNISED = "recognised"  # 已认定
    REFUSED = "refused"  # 不予认定
    WITHDRAWN = "withdrawn"  # 已撤回: by its citizen


class Act(StrEnum):
    """What was done to a filing."""

    FILED = "filed"
    PASSED = "passed"
    RETURNED = "returned"
    ANSWERED = "answered"
    OBJECTED = "objected"
    UPHELD = "upheld"  # 异议成立: it goes back to the review before publication
    DISMISSED = "dismissed"  # 异议不成立
    RECOGNISED = "recognised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REVIEWS = ("first_review", "second_review", "final_review")
"""The steps in which a person weighs; no two of one filing are taken by the same person."""

ON_REVIEW = (ChainStep(step="first_review", by="receiving"),)
"""The chain of a filing whose rule decides automatically where all is known."""

UNDECIDED = (FilingState.OPEN, FilingState.RETURNED)


def chain_of(rule: Rule) -> Sequence[ChainStep]:
    """Give the steps that persons take, in their order."""
    if rule.decided_by == "automatic" or rule.workflow is None:
        return ON_REVIEW
    return [one for one in rule.workflow.steps if one.step != "entry"]


def first_of_appeal(chain: Sequence[ChainStep]) -> int:
    """Give the place at which an appeal 申诉 begins: the first review, else the first step."""
    return next((at for at, one in enumerate(chain) if one.step in REVIEWS), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a filing is: the place in its chain, its last day, or the days left when stopped.

    `is_disputed` while an objection 异议 waits for its answer.
    """

    state: FilingState
    place: int
    due_on: date | None = None
    days_left: int | None = None
    is_disputed: bool = False

    def step(self, chain: Sequence[ChainStep]) -> ChainStep:
        """Give the step that must be taken; raises `Refusal("filing-decided")`."""
        if self.state not in UNDECIDED:
            raise Refusal("filing-decided", state=self.state.value)
        return chain[self.place]

    def published_until(self, chain: Sequence[ChainStep]) -> date | None:
        """Give the last day of its publication; None while it is not published."""
        is_published = self.state is FilingState.OPEN and chain[self.place].step == "publication"
        return self.due_on if is_published else None

    def on(self, today: date, chain: Sequence[ChainStep], calendar: WorkingDays) -> "Progress":
        """Give where it is on a day: a publication is over after its last day, unless disputed."""
        until = self.published_until(chain)
        if until is None or self.is_disputed or today <= until:
            return self
        return arrive(chain, self.place + 1, until, calendar)

    def is_late(self, today: date) -> bool:
        """Say whether its last day is over and nobody has taken the step."""
        return self.state is FilingState.OPEN and self.due_on is not None and self.due_on < today


def arrive(chain: Sequence[ChainStep], place: int, today: date, calendar: WorkingDays) -> Progress:
    """Give where a filing is that reaches a place of its chain on a day."""
    days = chain[place].working_days
    due_on = None if days is None else calendar.after(today, days)
    return Progress(state=FilingState.OPEN, place=place, due_on=due_on)


def is_last(chain: Sequence[ChainStep], place: int) -> bool:
    """Say whether passing this step is the recognition."""
    return place == len(chain) - 1


_ENDS: Mapping[Act, FilingState] = MappingProxyType(
    {
        Act.RECOGNISED: FilingState.RECOGNISED,
        Act.REFUSED: FilingState.REFUSED,
        Act.WITHDRAWN: FilingState.WITHDRAWN,
    }
)


def after(
    progress: Progress,
    act: Act,
    today: date,
    chain: Sequence[ChainStep],
    calendar: WorkingDays,
) -> Progress:
    """Give where an act leads.

    Raises a `Refusal`: "filing-decided", "filing-returned", "filing-not-returned",
    "filing-published", "filing-not-published", "filing-disputed", "filing-not-disputed".
    """
    progress = progress.on(today, chain, calendar)
    progress.step(chain)
    _require_fitting(progress, act, chain)
    if act is Act.RETURNED:
        left = None if progress.due_on is None else calendar.count(today, progress.due_on)
        return replace(progress, state=FilingState.RETURNED, due_on=None, days_left=left)
    if act is Act.ANSWERED:
        left = progress.days_left
        due_on = None if left is None else calendar.after(today, left)
        return replace(progress, state=FilingState.OPEN, due_on=due_on, days_left=None)
    if act is Act.PASSED:
        return arrive(chain, progress.place + 1, today, calendar)
    if act is Act.UPHELD:
        return arrive(chain, max(progress.place - 1, 0), today, calendar)
    if act in {Act.OBJECTED, Act.DISMISSED}:
        return replace(progress, is_disputed=act is Act.OBJECTED)
    return replace(progress, state=_ENDS[act], due_on=None, days_left=None, is_disputed=False)


def _require_fitting(progress: Progress, act: Act, chain: Sequence[ChainStep]) -> None:
    """Refuse an act for which the filing is not in the right place."""
    is_returned = progress.state is FilingState.RETURNED
    is_published = progress.published_until(chain) is not None
    if act is Act.WITHDRAWN:
        return
    if act is Act.ANSWERED:
        _require("filing-not-returned", is_returned)
        return
    _require("filing-returned", not is_returned)
    if act in {Act.OBJECTED, Act.UPHELD, Act.DISMISSED}:
        _require("filing-not-published", is_published)
        is_answer = act is not Act.OBJECTED
        _require("filing-not-disputed", progress.is_disputed or not is_answer)
        _require("filing-disputed", is_answer or not progress.is_disputed)
    else:
        _require("filing-published", not is_published)


def _require(code: str, is_so: bool) -> None:  # noqa: FBT001 - what is required
    if not is_so:
        raise Refusal(code)
