"""Propose the conversions that give the most applied credit, and what comes next to them.

Of several optima the first in this order is taken: credit in earlier slots of the plan, by rules of
lower id, from older outcomes; then fewer outcomes used up; then more recognised for those.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

from creditbank.conversion.amounts import LARGEST
from creditbank.conversion.versions import VersionInForce
from creditbank.planning.follow import follow
from creditbank.planning.integer_programme import Terms
from creditbank.planning.model import Model
from creditbank.planning.offer import Offer
from creditbank.planning.question import NOTHING, Proposal, Question
from creditbank.planning.relevant import relevant_rules
from creditbank.planning.rule_offers import Choice, add_rule, own_caps

_TIES_AT_ONCE = 16
"""How many preferences are weighed in one objective; their weights stay far below 2^53."""


@dataclass(frozen=True, slots=True)
class Built:
    """The model of a question, and the conversions that it chooses among."""

    model: Model
    choices: Sequence[Choice]

    @classmethod
    def of(cls, question: Question) -> Self:
        """Build it from the rules that can take anything of the learner."""
        model = Model(question)
        relevant = relevant_rules(question.in_force(), question.outcomes)
        choices = [
            choice
            for version in sorted(relevant, key=_by_own_cap)
            for choice in add_rule(model, version)
        ]
        model.close()
        return cls(model, choices)

    def optima(self) -> list[list[int]]:
        """Give the best choice with the fewest targets, and the one that recognises the most."""
        fewest = {name: -1 for one in self.choices for name in one.targets.values()}
        most = dict(one.given.granted for one in self.model.offers)
        return self.model.programme.optima(list(self._objectives()), [fewest, most])

    def _objectives(self) -> Iterator[Terms]:
        yield {one.applied: 1 for one in self.model.offers}
        offers = sorted(self.model.offers, key=_preference(self.model))
        preferred = [one.is_applied for one in offers]
        for start in range(0, len(preferred), _TIES_AT_ONCE):
            some = preferred[start : start + _TIES_AT_ONCE]
            yield {variable: 1 << (len(some) - place) for place, variable in enumerate(some)}
        yield {name: -1 for choice in self.choices for name in choice.outcomes.values()}


def best_with(question: Question) -> Proposal | None:
    """Give a choice that applies the most credit, of the fewest outcomes; no more is weighed.

    Raises `NotSolved` where the solver does not prove the optimum.
    """
    built = Built.of(question)
    used = {name: -1 for choice in built.choices for name in choice.outcomes.values()}
    outweighs = len(used) + 1
    both = {**used, **{one.applied: outweighs for one in built.model.offers}}
    found = built.model.programme.optima([], [both])
    return _followed(built, found[0]) if found else None


def propose(question: Question, *, most: int = 3) -> list[Proposal]:
    """Give the best choice of conversions, and up to `most` in all, the best first.

    Raises `NotSolved` where the solver does not prove the optimum.
    """
    built = Built.of(question)
    proposals: list[Proposal] = []
    while len(proposals) < most and (optima := built.optima()):
        found = [_followed(built, values) for values in optima]
        # The one that recognises more is taken where it applies no less.
        proposal = max(reversed(found), key=lambda one: one.application.credits)
        if proposals and proposal.application.credits == NOTHING:
            break
        proposals.append(proposal)
        _forbid(built, optima[0])
    return proposals


def _by_own_cap(version: VersionInForce) -> tuple[str, int]:
    """Ask for the version of a rule with the least cap first: it counts all before it."""
    rule = version.document.rule
    return rule.id, min(own_caps(rule), default=LARGEST * 1000)


def _preference(model: Model) -> "_Preference":
    return _Preference({slot.code: place for place, slot in enumerate(model.question.plan.slots)})


class _Preference:
    """Sorts offers by slot, rule and oldest outcome."""

    def __init__(self, slots: dict[str, int]) -> None:
        self._slots = slots

    def __call__(self, offer: Offer) -> tuple[object, ...]:
        oldest = min((one.awarded_first, one.id) for one, _ in offer.given.serving)
        place = self._slots.get(offer.target, len(self._slots))
        return place, offer.target, offer.rule.id, oldest


def _followed(built: Built, values: Sequence[int]) -> Proposal:
    """Decide and apply what was chosen; the engine has the last word on what it gives."""
    model, choices = built.model, built.choices
    split = {one.given.is_granted for one in model.offers if one.given.may_be_split}
    gets_rest = {granted for granted, last in model.last.items() if values[last]}
    hoped = sum(values[one.applied] for one in model.offers)
    asked = [one for one in choices if values[one.is_chosen]]
    followed: list[Proposal] = []
    for some in (asked, asked[::-1]):  # Which of several pools is asked first may tell.
        ordered = sorted(some, key=lambda one: _lateness(one, values, split, gets_rest))
        steps = tuple(step for one in ordered if (step := one.step(values)) is not None)
        recognised, application = follow(model.question, steps)
        followed.append(
            Proposal(
                steps=steps,
                recognised=recognised,
                application=application,
                is_proved=application.credits.milli == hoped,
            )
        )
        if followed[-1].is_proved:
            return followed[-1]
    return max(followed, key=lambda one: one.application.credits)


def _lateness(
    choice: Choice, values: Sequence[int], split: AbstractSet[int], gets_rest: AbstractSet[int]
) -> tuple[bool, int]:
    """Ask for what is applied whole first, then for what is split, and last for a target's rest."""
    granted = {one for one in choice.targets.values() if values[one]} or {choice.is_chosen}
    return not granted.isdisjoint(gets_rest), (granted <= split) + bool(granted & split)


def _forbid(built: Built, values: Sequence[int]) -> None:
    """Ask for a conversion that is none of these the next time."""
    programme = built.model.programme
    others = [one.is_chosen for one in built.choices if not values[one.is_chosen]]
    programme.at_most(dict.fromkeys(others, -1) or {programme.variable(): 1}, -1)
