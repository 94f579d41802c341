"""Who decides, in which steps and how long; when one may file; what a reversal lets happen.

The chain is data: 受理 → 初审 → 复审 → 终审 → 公示 → 认定 → 入册; any step may be left out.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, with_config

from creditbank.conversion.fields import CLOSED, Count, DayOfYear, Name, Optionally

StepName = Literal[
    "acceptance",
    "first_review",
    "second_review",
    "final_review",
    "publication",
    "recognition",
    "entry",
]
"""The steps of the chain, in its order."""

Decider = Literal["receiving", "bank", "committee"]
"""Which institution acts: the one that receives the credit, the bank, or a committee of it."""

Role = Literal["director", "clerk", "checker", "expert", "institution_administrator"]
"""Who acts there: 主任、经办、复核、专家、机构管理员."""


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStep:
    """A step, who takes it, and within how many working days."""

    step: StepName
    by: Decider
    role: Optionally[Role] = None
    working_days: Optionally[Count] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class FilingWindow:
    """The days of every year on which one may file, both inclusive; it may span New Year."""

    opens: DayOfYear
    closes: DayOfYear

    def takes(self, day: tuple[int, int]) -> bool:
        """Say whether a month and day lie in the window."""
        if self.opens <= self.closes:
            return self.opens <= day <= self.closes
        return day >= self.opens or day <= self.closes


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reason that a person may give beside the tests of the rule."""

    code: Name
    zh: Name
    en: Optionally[Name] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """How a filing is handled; an appeal 申诉 counts from delivery."""

    steps: tuple[ChainStep, ...] = ()
    windows: tuple[FilingWindow, ...] = ()
    identity_level: Optionally[Literal["0", "1", "2"]] = None
    refusals: tuple[Refusal, ...] = ()
    appeal_working_days: Optionally[Count] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What happens when an outcome that was converted is taken back or corrected.

    Credit that becomes free is offered, never moved by itself; where an award was made already, a
    case is opened. A citizen may answer a correction before credit is taken back.
    """

    answer_working_days: Annotated[Count, Field()]
    freed_credit: Literal["offered"] = "offered"
    after_award: Literal["case"] = "case"
