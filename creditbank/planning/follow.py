"""Follow a proposal: decide and apply its steps by the engine, one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from creditbank.conversion.alike import likeness
from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Application, Applying, apply_credit, by_slot, credit_granted
from creditbank.conversion.caps import ScopedCap
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import Decision
from creditbank.conversion.filing import AlikeUse, Filing, FilledTarget, Outcome, Use
from creditbank.conversion.scope import scope_of
from creditbank.planning.question import NOTHING, Question, Step


def follow(question: Question, steps: Sequence[Step]) -> tuple[Credits, Application]:
    """Give the credit that is recognised in all, and what of it is applied, slot by slot."""
    wanted: list[Applying] = []
    recognised = NOTHING
    for step in steps:
        rule = step.document.rule
        offered = [one for one in question.outcomes if one.id in step.outcomes]
        filing = question.filing(rule, offered, step.targets)
        decision = decide(step.document, filing)
        recognised += decision.credits
        granted = list(credit_granted(filing, decision, rule.id))
        wanted += by_slot(question.plan, granted)
        question = _after(question, step, filing, decision, granted)
    rules = {one.rule.id: _scoped(one.rule.caps) for one in question.rules}
    found = apply_credit(question.plan, question.plan_caps, rules, wanted, question.applied)
    return recognised, found


def _scoped(caps: Iterable[object]) -> list[ScopedCap]:
    return [one for one in caps if isinstance(one, ScopedCap)]


def _after(
    question: Question,
    step: Step,
    filing: Filing,
    decision: Decision,
    granted: Iterable[Applying],
) -> Question:
    """Give how things stand once a decision is recorded."""
    rule = step.document.rule
    filled = [
        FilledTarget(code=one.target, entry=0, credits=one.credits) for one in decision.grants
    ]
    total = filing.recognised + decision.credits + decision.points
    return replace(
        question,
        outcomes=[
            _used(one, question.outcomes, decision, scope_of(rule, filing))
            for one in question.outcomes
        ],
        filled=[*question.filled, *filled],
        recognised={**question.recognised, rule.id: total},
        recognised_for_plan=[*question.recognised_for_plan, *(one.credit for one in granted)],
    )


def _used(one: Outcome, outcomes: Sequence[Outcome], decision: Decision, scope: str) -> Outcome:
    """Give an outcome with what a decision used of its achievement, by whichever record."""
    named = {each.id: each for each in outcomes}
    uses, alike = list(one.uses), list(one.alike_uses)
    for part in decision.parts:
        use = Use(entry=0, unit=part.unit, start=part.start, end=part.end, scope=scope)
        other = named[part.outcome]
        if other.group == one.group:
            uses.append(use)
        elif (how := likeness(one, other)) is not None:
            alike.append(AlikeUse(likeness=how, use=use))
    return replace(one, uses=tuple(uses), alike_uses=tuple(alike))
