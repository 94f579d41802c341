"""Credit that may be granted and applied, with the variables of the model that say so."""

from collections.abc import Iterable
from dataclasses import dataclass

from creditbank.conversion.amounts import Credits
from creditbank.conversion.filing import Outcome
from creditbank.conversion.plan import CountedCredit
from creditbank.conversion.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Credit that some outcomes may give for one target by one rule, where a variable grants it.

    It grants `most`, or what the variable `amount` says where others share the target. `serving`
    are the outcomes behind it, each with the variable that says that it is one of them; None where
    it always is.
    """

    rule: Rule
    target: str
    category: str | None
    most: int
    is_granted: int
    serving: tuple[tuple[Outcome, int | None], ...]
    may_be_split: bool
    amount: int | None = None

    @property
    def granted(self) -> tuple[int, int]:
        """The variable and factor that say how much is granted."""
        return (self.is_granted, self.most) if self.amount is None else (self.amount, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The same with the variables that say whether any of it is applied, and how much."""

    given: Given
    category: str | None
    is_applied: int
    applied: int

    @property
    def target(self) -> str:
        """The code of its target."""
        return self.given.target

    @property
    def rule(self) -> Rule:
        """Its rule."""
        return self.given.rule

    def counted(self, outcomes: Iterable[Outcome]) -> CountedCredit:
        """Give it as caps count it, with these outcomes behind it."""
        return CountedCredit(
            target=self.target,
            category=self.category,
            credits=Credits(milli=self.given.most),
            rule=self.rule.id,
            sources=tuple(one.source for one in outcomes),
        )
