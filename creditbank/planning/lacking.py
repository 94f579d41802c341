"""What an enrolment can still take: today, and once the best proposal is followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from creditbank.conversion.amounts import Credits
from creditbank.conversion.shapes import (
    CourseTarget,
    Elective,
    Exemption,
    FixedAmount,
    HoursPool,
    Shape,
)
from creditbank.planning.imagined import Imagining
from creditbank.planning.missing import applied_to, cap_rooms, lacking
from creditbank.planning.question import NOTHING, Question


@dataclass(frozen=True)
class Search:
    """How things stand today, and once the proposal is followed."""

    question: Question
    followed: Question

    @cached_property
    def imagining(self) -> Imagining:
        """What holds for all outcomes that are imagined."""
        return Imagining(
            today=self.question.filed_on,
            held=frozenset(one.course for one in self.question.outcomes),
            provider=self.question.plan.institution,
        )

    @cached_property
    def plan_room(self) -> int:
        """What the caps on the whole plan leave beside the proposal, in 1/1000 credits."""
        left = [
            one.left
            for one in cap_rooms(self.followed)
            if one.kind == "programme" and one.rule is None and one.basis == "applied"
        ]
        return min(
            (one for one in left if one is not None), default=self.question.plan.credits.milli
        )

    def place(self, code: str) -> int:
        """Give the place of a slot in the plan; what has none comes last."""
        return self._places.get(code, len(self._places))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {slot.code: place for place, slot in enumerate(self.question.plan.slots)}

    def rooms(self, shape: Shape) -> dict[str, Credits]:
        """Give at most what each target of a rule can take today; none where none is missing.

        Missing is what the proposal leaves open.
        """
        targets = (shape.target,) if isinstance(shape, HoursPool) else shape.targets
        if all(self.lacks(one.code, one.category) == NOTHING for one in targets):
            return {}
        rooms = {one.code: self._room_of(one) for one in targets}
        return {code: room for code, room in rooms.items() if room != NOTHING}

    def _room_of(self, target: CourseTarget | Elective) -> Credits:
        room = self.room(target.code, target.category)
        if isinstance(target, Elective):
            return room
        if isinstance(target.gives, Exemption):
            return NOTHING
        if isinstance(target.gives, FixedAmount):
            return min(room, target.gives.credits)
        return room if target.gives is not None else min(room, target.worth)

    def room(self, code: str, category: str | None) -> Credits:
        """Give what a target can take today; nothing where it has no place in the plan."""
        plan, slot = self.question.plan, self.question.plan.slot(code)
        if slot is None:
            known = category is not None and plan.category(category) is not None
            return plan.credits if known else NOTHING
        filled = applied_to(self.question, code)
        if not slot.is_exemptible or (filled != NOTHING and not slot.in_parts):
            return NOTHING
        return lacking(slot.credits, filled)

    def lacks(self, code: str, category: str | None) -> Credits:
        """Give what a target, or else its category, lacks once the proposal is followed."""
        plan, slot = self.question.plan, self.question.plan.slot(code)
        if slot is not None:
            filled = applied_to(self.followed, code)
            return lacking(slot.credits, filled) if slot.is_exemptible else NOTHING
        known = None if category is None else plan.category(category)
        if known is None:
            return NOTHING
        covered = [one.credits.milli for one in self.followed.applied if one.category == known.code]
        return lacking(known.credits, Credits(milli=sum(covered)))
