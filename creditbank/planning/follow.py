"""Follow a proposal: decide and apply its steps by the engine, one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from creditbank.conversion.alike import likeness
from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Application, Applying, apply_credit, by_slot, credit_granted
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import Decision
from creditbank.conversion.filing import AlikeUse, Filing, FilledTarget, Outcome, Use
from creditbank.conversion.scope import scope_of
from creditbank.planning.question import NOTHING, Question, Step


def follow(question: Question, steps: Sequence[Step]) -> tuple[Credits, Application]:
    """Give the credit that is recognised in all, and what of it is applied, slot by slot."""
    _, recognised, application = followed(question, steps)
    return recognised, application


def followed(question: Question, steps: Sequence[Step]) -> tuple[Question, Credits, Application]:
    """Give the same with how things stand afterwards."""
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
    caps = question.caps_on_applied(one.credit.rule for one in wanted)
    found = apply_credit(question.plan, question.plan_caps, caps, wanted, question.applied)
    stands = replace(question, applied=[*question.applied, *found.applied])
    return stands, recognised, found


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
    scope = scope_of(rule, filing)
    return replace(
        question,
        outcomes=[used_after(one, question.outcomes, decision, scope) for one in question.outcomes],
        filled={
            **question.filled,
            question.institution_of(rule): [*question.filled_by(rule), *filled],
        },
        recognised={**question.recognised, (rule.id, scope): total},
        recognised_for_plan=[*question.recognised_for_plan, *(one.credit for one in granted)],
    )


def used_after(
    one: Outcome, outcomes: Sequence[Outcome], decision: Decision, scope: str
) -> Outcome:
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
