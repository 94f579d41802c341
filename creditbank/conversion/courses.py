"""One outcome fills courses, in the rule's order, within every cap."""

from collections.abc import Sequence

from creditbank.conversion.decision import Granted, Part, Reason, Step, Trace
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.grants import Granting, free_targets
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import Courses


def grant_courses(
    rule: Rule, courses: Courses, outcomes: Sequence[Outcome], filing: Filing, trace: Trace
) -> Granted:
    """Grant the wished courses that are free and fit under every cap; the outcome is used whole."""
    wished = list(free_targets(courses.targets, filing, trace))
    if len(outcomes) != 1:
        trace.add(Step.SHAPE, None, Reason.ONE_OUTCOME_ONLY if outcomes else Reason.NO_OUTCOME_LEFT)
        return Granted()
    granting = Granting(rule, outcomes, filing, trace)
    for target in wished:
        granting.grant(target)
    parts = (Part(outcome=outcomes[0].id),) if granting.grants else ()
    return Granted(tuple(granting.grants), parts)
