"""One outcome fills courses: each wholly or not at all, in the rule's order, within every cap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from creditbank.conversion.amounts import Credits
from creditbank.conversion.decision import Grant, Granted, Note, Part, Reason, Step, Trace
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.rule import (
    Cap,
    CertificateValueCap,
    Courses,
    CourseTarget,
    Rule,
    RuleCap,
)

_CAPS = {
    "certificate": (Note.CAP_CERTIFICATE_KEPT, Reason.CAP_CERTIFICATE),
    "certificate_value": (Note.CAP_CERTIFICATE_VALUE_KEPT, Reason.CAP_CERTIFICATE_VALUE),
    "rule": (Note.CAP_RULE_KEPT, Reason.CAP_RULE),
}


@dataclass(frozen=True, slots=True)
class _Limits:
    """What bounds the credit that one outcome gives; `recognised` is given by the rule already."""

    caps: Sequence[Cap]
    value: Credits | None
    recognised: Credits

    def allow(self, target: CourseTarget, granted: Credits, trace: Trace) -> bool:
        """Say whether a course fits under every cap beside what is granted, and show the sums."""
        fits = [self._fits(cap, target, granted, trace) for cap in self.caps]
        return all(fits)

    def _fits(self, cap: Cap, target: CourseTarget, granted: Credits, trace: Trace) -> bool:
        limit = self.value if isinstance(cap, CertificateValueCap) else cap.credits
        if limit is None:
            trace.add(Step.CAP, target.code, Reason.VALUE_UNKNOWN)
            return False
        used = self.recognised + granted if isinstance(cap, RuleCap) else granted
        fits = used + target.credits <= limit
        kept, exceeded = _CAPS[cap.kind]
        trace.add(
            Step.CAP,
            target.code,
            kept if fits else exceeded,
            limit_milli=limit.milli,
            used_milli=used.milli,
            asked_milli=target.credits.milli,
            granted_milli=target.credits.milli if fits else 0,
        )
        return fits


def grant_courses(
    rule: Rule, courses: Courses, outcomes: Sequence[Outcome], filing: Filing, trace: Trace
) -> Granted:
    """Grant the wished courses that are free and fit under every cap; the outcome is used whole."""
    wished = list(_free_targets(courses, filing, trace))
    if len(outcomes) != 1:
        trace.add(Step.SHAPE, None, Reason.ONE_OUTCOME_ONLY if outcomes else Reason.NO_OUTCOME_LEFT)
        return Granted()
    limits = _Limits(rule.caps, outcomes[0].value, filing.recognised)
    grants: list[Grant] = []
    granted = Credits(milli=0)
    for target in wished:
        credit = target.credits
        trace.add(Step.AMOUNT, target.code, Note.COURSE_CREDITS, credits_milli=credit.milli)
        if limits.allow(target, granted, trace):
            grants.append(Grant(target=target.code, credits=credit))
            granted += credit
    return Granted(tuple(grants), (Part(outcome=outcomes[0].id),) if grants else ())


def _free_targets(courses: Courses, filing: Filing, trace: Trace) -> Iterator[CourseTarget]:
    """Give the wished courses that the rule knows and nothing filled, in the rule's order."""
    wished, filled = set(filing.targets), {one.code: one.entry for one in filing.filled}
    if not wished:
        trace.add(Step.SHAPE, None, Reason.TARGET_MISSING)
    for code in sorted(wished - {target.code for target in courses.targets}):
        trace.add(Step.SHAPE, code, Reason.TARGET_UNKNOWN)
    for target in courses.targets:
        if target.code in wished and target.code in filled:
            trace.add(Step.EXCLUSIVITY, target.code, Reason.TARGET_TAKEN, entry=filled[target.code])
        elif target.code in wished:
            trace.add(Step.EXCLUSIVITY, target.code, Note.TARGET_FREE)
            yield target
