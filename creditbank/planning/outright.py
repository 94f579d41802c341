"""What one version of a rule gives for all that somebody holds, whatever else could take it. Pure.

A pool and a bundle are asked with everything, a rule of courses with one outcome after the other,
the oldest first, each for every course. What one conversion uses and fills is gone for the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from creditbank.conversion.accept import failing
from creditbank.conversion.apply import credit_granted
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import Decision, Reason
from creditbank.conversion.eligibility import in_order
from creditbank.conversion.filing import Filing, FilledTarget, Outcome
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import Bundle, Courses, HoursPool, Shape
from creditbank.planning.follow import used_after

_NOT_MEANT = frozenset(
    {
        Reason.CLASS_NOT_ACCEPTED,
        Reason.PROVIDER_NOT_ACCEPTED,
        Reason.COURSE_NOT_ACCEPTED,
        Reason.SERIES_NOT_ACCEPTED,
        Reason.BANK_NOT_ACCEPTED,
    }
)


def wished_of(shape: Shape) -> tuple[str, ...]:
    """Give the courses that are wished for: all there are; of a pool none need be named."""
    return () if isinstance(shape, HoursPool) else tuple(one.code for one in shape.targets)


def decide_all(document: RuleDocument, filing: Filing) -> Decision:
    """Give all conversions of what a filing offers as one decision: grants, parts and traces.

    Its codes are those of all of them, and of what the rule means at all.
    """
    meant = _meant(document.rule, filing.outcomes) or filing.outcomes
    decisions = list(_decisions(document, replace(filing, outcomes=meant)))
    return Decision(
        engine=decisions[0].engine,
        rule_sha256=document.sha256,
        grants=tuple(grant for one in decisions for grant in one.grants),
        parts=tuple(part for one in decisions for part in one.parts),
        trace=tuple(line for one in decisions for line in one.trace),
    )


def _meant(rule: Rule, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Leave out what is of another class, provider, course or series: nobody would ask with it."""
    return tuple(
        one
        for one in outcomes
        if _NOT_MEANT.isdisjoint(code for code, _ in failing(rule.sources, one))
    )


def _decisions(document: RuleDocument, filing: Filing) -> Iterator[Decision]:
    rule, stands = document.rule, filing
    for place, offered in enumerate(_requests(rule.shape, filing.outcomes)):
        asked = tuple(one for one in stands.outcomes if one.id in offered)
        decision = decide(document, replace(stands, outcomes=asked))
        if isinstance(rule.shape, Bundle) and place and not decision.grants:
            return  # Nothing is left for a further bundle, which is no refusal.
        yield decision
        stands = _after(rule, stands, decision)


def _requests(shape: Shape, outcomes: Sequence[Outcome]) -> list[set[str]]:
    if isinstance(shape, Courses):
        return [{one.id} for one in in_order(outcomes)] or [set()]
    most = max(1, len(outcomes)) if isinstance(shape, Bundle) else 1
    return [{one.id for one in outcomes}] * most


def _after(rule: Rule, filing: Filing, decision: Decision) -> Filing:
    """Give how things stand once a decision is recorded."""
    scope = scope_of(rule, filing)
    filled = [
        FilledTarget(code=one.target, entry=0, credits=one.credits) for one in decision.grants
    ]
    counted = [one.credit for one in credit_granted(filing, decision, rule.id)]
    return replace(
        filing,
        outcomes=tuple(
            used_after(one, filing.outcomes, decision, scope) for one in filing.outcomes
        ),
        filled=(*filing.filled, *filled),
        recognised=filing.recognised + decision.credits + decision.points,
        counted=(*filing.counted, *counted),
    )
