"""How much new outcomes must be worth, where a rule asks for their value in the catalogue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from creditbank.conversion.amounts import LARGEST, Credits
from creditbank.conversion.caps import CertificateValueCap
from creditbank.conversion.decision import Trace
from creditbank.conversion.filing import Outcome
from creditbank.conversion.grants import Granting
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import CourseTarget, SourceAmount
from creditbank.planning.imagined import Wanted
from creditbank.planning.lacking import Search
from creditbank.planning.question import NOTHING

_LARGEST = LARGEST * 1000


@dataclass(frozen=True, slots=True)
class Valued:
    """New outcomes whose value in the catalogue is the least that gives what can be given."""

    search: Search
    rule: Rule
    targets: Sequence[CourseTarget]
    wanted: tuple[Wanted, ...]
    partners: tuple[Outcome, ...]

    def found(self) -> Self:
        """Give them with that value, where the rule asks for one at all."""
        by_value = [one for one in self.targets if isinstance(one.gives, SourceAmount)]
        needed = max(map(self._least_for, by_value), default=0)
        worth = self.of_value(needed) if needed else self
        if any(isinstance(one, CertificateValueCap) for one in self.rule.caps):
            asked = sum(one.milli for _, one, room in worth.priced() if room != NOTHING)
            return worth.of_value(max(needed, asked))
        return worth

    def priced(self) -> Iterator[tuple[CourseTarget, Credits, Credits]]:
        """Give what the engine gives for each target, and what it takes."""
        for target in self.targets:
            room = self.search.room(target.code, target.category)
            yield target, self.gives(target), room

    def _least_for(self, target: CourseTarget) -> int:
        """Give the least value, in 1/1000, by which the engine gives all that the target takes.

        None of them is enough where this is 0: then the engine says what is not known.
        """
        room = self.search.room(target.code, target.category)
        wished = room if target.credits is None else min(room, target.credits)
        low, high = 0, _LARGEST
        while low < high:
            middle = (low + high) // 2
            is_enough = self.of_value(middle).gives(target) >= wished
            low, high = (low, middle) if is_enough else (middle + 1, high)
        return 0 if low == _LARGEST else low

    def gives(self, target: CourseTarget) -> Credits:
        """Give what the engine gives for a target before any cap."""
        used = [*self.partners, *(one.outcome for one in self.wanted)]
        filing = self.search.question.filing(self.rule, used, [target.code])
        return Granting(self.rule, used, filing, Trace()).asked(target) or NOTHING

    def of_value(self, milli: int) -> Self:
        """Give them with another value, in 1/1000 credits."""
        wanted = tuple(
            replace(one, outcome=replace(one.outcome, value=Credits(milli=milli)))
            for one in self.wanted
        )
        return replace(self, wanted=wanted)
