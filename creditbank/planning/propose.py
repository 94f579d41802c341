"""Propose the conversions that give the most applied credit, and what comes next to them.

Of several optima the first in this order is taken: credit in earlier slots of the plan, by rules of
lower id, from older outcomes; then fewer outcomes used up; then more recognised for those.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from creditbank.planning.follow import follow
from creditbank.planning.integer_programme import Terms
from creditbank.planning.model import Model, Offer
from creditbank.planning.question import NOTHING, Proposal, Question
from creditbank.planning.relevant import relevant_rules
from creditbank.planning.rule_offers import Choice, add_rule

_TIES_AT_ONCE = 16
"""How many preferences are weighed in one objective; their weights stay far below 2^53."""


def propose(question: Question, *, most: int = 3) -> list[Proposal]:
    """Give the best choice of conversions, and up to `most` in all, the best first.

    Raises `NotSolved` where the solver does not prove the optimum.
    """
    model = Model(question)
    relevant = relevant_rules(question.rules, question.outcomes)
    choices = [
        choice
        for document in sorted(relevant, key=lambda one: one.rule.id)
        for choice in add_rule(model, document)
    ]
    model.close()
    most_applied = list(_objectives(model, choices))
    fewest_targets = {name: -1 for one in choices for name in one.targets.values()}
    most_recognised = {one.given.granted[0]: one.given.granted[1] for one in model.offers}
    proposals: list[Proposal] = []
    while len(proposals) < most:
        values = model.programme.maximise([*most_applied, fewest_targets])
        if values is None:
            break
        proposal = _followed(question, model, choices, values)
        more = model.programme.maximise([*most_applied, most_recognised])
        if more is not None and (richer := _followed(question, model, choices, more)).is_proved:
            proposal = richer
        if proposals and proposal.application.credits == NOTHING:
            break
        proposals.append(proposal)
        _forbid(model, choices, values)
    return proposals


def _objectives(model: Model, choices: Sequence[Choice]) -> Iterator[Terms]:
    yield {one.applied: 1 for one in model.offers}
    preferred = [one.is_applied for one in sorted(model.offers, key=_preference(model))]
    for start in range(0, len(preferred), _TIES_AT_ONCE):
        some = preferred[start : start + _TIES_AT_ONCE]
        yield {variable: 1 << (len(some) - place) for place, variable in enumerate(some)}
    yield {variable: -1 for choice in choices for variable in choice.outcomes.values()}


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


def _followed(
    question: Question, model: Model, choices: Sequence[Choice], values: Sequence[int]
) -> Proposal:
    """Decide and apply what was chosen; the engine has the last word on what it gives."""
    split = {one.given.is_granted for one in model.offers if one.given.may_be_split}
    gets_rest = {granted for granted, last in model.last.items() if values[last]}
    ordered = sorted(choices, key=lambda one: _lateness(one, values, split, gets_rest))
    steps = tuple(step for one in ordered if (step := one.step(values)) is not None)
    recognised, application = follow(question, steps)
    hoped = sum(values[one.applied] for one in model.offers)
    return Proposal(
        steps=steps,
        recognised=recognised,
        application=application,
        is_proved=application.credits.milli == hoped,
    )


def _lateness(
    choice: Choice, values: Sequence[int], split: AbstractSet[int], gets_rest: AbstractSet[int]
) -> tuple[bool, int]:
    """Ask for what is applied whole first, then for what is split, and last for a target's rest."""
    granted = {one for one in choice.targets.values() if values[one]} or {choice.is_chosen}
    return not granted.isdisjoint(gets_rest), (granted <= split) + bool(granted & split)


def _forbid(model: Model, choices: Sequence[Choice], values: Sequence[int]) -> None:
    """Ask for a conversion that is none of these the next time."""
    others = [one.is_chosen for one in choices if not values[one.is_chosen]]
    model.programme.at_most(dict.fromkeys(others, -1) or {model.programme.variable(): 1}, -1)
