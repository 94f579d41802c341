"""What outcomes that fit a rule's shape give: for each course an amount, within the rule's caps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from creditbank.conversion.accept import failing
from creditbank.conversion.amounts import Credits
from creditbank.conversion.cap_sums import NOTHING, CapTests
from creditbank.conversion.caps import (
    CertificateCap,
    CertificateValueCap,
    RuleCap,
    ScopedCap,
)
from creditbank.conversion.decision import Grant, Note, Reason, Step, Trace
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.plan import CountedCredit
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import (
    CourseTarget,
    Elective,
    Exemption,
    FixedAmount,
    SourceAmount,
)

_OwnCap = CertificateCap | CertificateValueCap | RuleCap

_ONE = 1000

_CAPS = {
    "certificate": (Note.CAP_CERTIFICATE_KEPT, Reason.CAP_CERTIFICATE),
    "certificate_value": (Note.CAP_CERTIFICATE_VALUE_KEPT, Reason.CAP_CERTIFICATE_VALUE),
    "rule": (Note.CAP_RULE_KEPT, Reason.CAP_RULE),
}


def free_targets(
    targets: Sequence[CourseTarget], filing: Filing, trace: Trace
) -> Iterator[CourseTarget]:
    """Give the wished courses that the rule knows and that are not full, in the rule's order."""
    wished, filled = set(filing.targets), {one.code: one.entry for one in filing.filled}
    if not wished:
        trace.add(Step.SHAPE, None, Reason.TARGET_MISSING)
    for code in sorted(wished - {target.code for target in targets}):
        trace.add(Step.SHAPE, code, Reason.TARGET_UNKNOWN)
    for target in targets:
        if target.code not in wished:
            continue
        if target.code in filled and left_of(target, filing) == NOTHING:
            trace.add(Step.EXCLUSIVITY, target.code, Reason.TARGET_TAKEN, entry=filled[target.code])
        else:
            trace.add(Step.EXCLUSIVITY, target.code, Note.TARGET_FREE)
            yield target


def left_of(target: CourseTarget, filing: Filing) -> Credits:
    """Give what of a course is not filled; one that is filled whole is full at once."""
    filled = [one.credits for one in filing.filled if one.code == target.code]
    if not filled:
        return target.worth
    if target.is_whole or None in filled:
        return NOTHING
    taken = sum(one.milli for one in filled if one is not None)
    return Credits(milli=max(0, target.worth.milli - taken))


@dataclass(slots=True)
class Granting:
    """Grants for one request while they are made: each counts for the caps of the next."""

    rule: Rule
    used: Sequence[Outcome]
    filing: Filing
    trace: Trace
    grants: list[Grant] = field(default_factory=list)

    def grant(self, target: CourseTarget) -> None:
        """Grant what the outcomes give for a course, if anything."""
        asked = self.asked(target)
        if asked is None:
            return
        is_exempt = isinstance(target.gives, Exemption)
        granted = NOTHING if is_exempt else self._within_caps(target, asked)
        if is_exempt or granted != NOTHING:
            self.grants.append(
                Grant(
                    target=target.code,
                    credits=granted,
                    unit=self.rule.unit,
                    exempts=is_exempt,
                    category=category_of(target, self.filing),
                    grade=target.grade,
                    in_parts=not target.is_whole,
                )
            )

    def asked(self, target: CourseTarget) -> Credits | None:
        """Give what the outcomes ask for before any cap; None where they give nothing."""
        is_met, fits = self._is_met(target), self._fits_plan(target)
        return self._amount(target) if is_met and fits else None

    def _is_met(self, target: CourseTarget) -> bool:
        """Test what the course asks of its outcomes beyond the rule."""
        if target.sources is None:
            return True
        failed = [one for outcome in self.used for one in failing(target.sources, outcome)]
        for code, facts in failed:
            self.trace.add(Step.SOURCES, target.code, code, **facts)
        return not failed

    def _fits_plan(self, target: CourseTarget) -> bool:
        plan = self.filing.plan
        if plan is None:
            return True
        slot = plan.slot(target.code)
        code = None
        if slot is None:
            if target.category is None or plan.category(target.category) is None:
                code = Reason.TARGET_NOT_IN_PLAN
        elif not slot.is_exemptible:
            code = Reason.NOT_EXEMPTIBLE
        elif target.credits not in {None, slot.credits}:
            code = Reason.TARGET_CREDITS_DIFFER
        if code is not None:
            self.trace.add(Step.SHAPE, target.code, code)
        return code is None

    def _amount(self, target: CourseTarget) -> Credits | None:
        """Give what is asked for, and show where it comes from; None where it is not known."""
        gives, code = target.gives, Note.COURSE_CREDITS
        amount: Credits | None = target.worth
        if isinstance(gives, Exemption):
            self.trace.add(Step.AMOUNT, target.code, Note.EXEMPTED)
            return NOTHING
        if isinstance(gives, FixedAmount):
            amount, code = gives.credits, Note.FIXED_CREDITS
        elif gives is not None:
            amount, code = self._of_source(gives, target), Note.SOURCE_CREDITS
        if amount is None:
            return None
        if amount == NOTHING:
            self.trace.add(Step.AMOUNT, target.code, Reason.AMOUNT_BELOW_QUANTUM)
            return None
        self.trace.add(Step.AMOUNT, target.code, code, credits_milli=amount.milli)
        return self._rest_of(target, amount)

    def _of_source(self, gives: SourceAmount, target: CourseTarget) -> Credits | None:
        values = [one.value for one in self.used]
        known = [one.milli for one in values if one is not None]
        if len(known) < len(values):
            self.trace.add(Step.AMOUNT, target.code, Reason.VALUE_UNKNOWN)
            return None
        factor = self._factor(gives)
        if factor is None:
            self.trace.add(Step.AMOUNT, target.code, Reason.LEVEL_FACTOR_UNKNOWN)
            return None
        amount = Credits(milli=sum(known) * factor // _ONE)
        if gives.kind == "lesser":
            amount = min(amount, target.worth)
        return amount if gives.quantum is None else amount.rounded_down(gives.quantum)

    def _factor(self, gives: SourceAmount) -> int | None:
        """Give the factor in 1/1000; None where one by level is asked for and none is stated."""
        whole = _ONE if gives.factor is None else gives.factor
        if not gives.by_level:
            return whole
        outcome = self.used[0]
        own = (outcome.level_framework, outcome.level)
        found = [one.factor for one in gives.by_level if (one.framework, one.level) == own]
        return whole * found[0] // _ONE if found and len(self.used) == 1 else None

    def _rest_of(self, target: CourseTarget, amount: Credits) -> Credits:
        """Give no more than a course that is filled in parts still takes."""
        left = left_of(target, self.filing)
        if target.is_whole or amount <= left:
            return amount
        self.trace.add(Step.AMOUNT, target.code, Note.REST_OF_COURSE, credits_milli=left.milli)
        return left

    def _within_caps(self, target: CourseTarget, asked: Credits) -> Credits:
        own = [one for one in self.rule.caps if not isinstance(one, ScopedCap)]
        fits = [self._fits(cap, target, asked) for cap in own]
        if not all(fits):
            return NOTHING
        scoped = [one for one in self.rule.caps if isinstance(one, ScopedCap)]
        granted = [self._counted(one.target, one.category, one.credits) for one in self.grants]
        tests = CapTests(self.filing.plan, [*self.filing.counted, *granted], self.trace)
        return tests.within(
            [one for one in scoped if one.basis == "recognised"],
            self._counted(target.code, category_of(target, self.filing), asked),
            in_parts=not target.is_whole,
        )

    def _counted(self, target: str, category: str | None, credit: Credits) -> CountedCredit:
        sources = tuple(one.source for one in self.used)
        return CountedCredit(
            target=target, category=category, credits=credit, rule=self.rule.id, sources=sources
        )

    def _fits(self, cap: _OwnCap, target: CourseTarget, asked: Credits) -> bool:
        limit = self.used[0].value if isinstance(cap, CertificateValueCap) else cap.credits
        if limit is None:
            self.trace.add(Step.CAP, target.code, Reason.VALUE_UNKNOWN)
            return False
        used = Credits(milli=sum(one.credits.milli for one in self.grants))
        if isinstance(cap, RuleCap):
            used += self.filing.recognised
        fits = used + asked <= limit
        kept, exceeded = _CAPS[cap.kind]
        self.trace.add(
            Step.CAP,
            target.code,
            kept if fits else exceeded,
            limit_milli=limit.milli,
            used_milli=used.milli,
            asked_milli=asked.milli,
            granted_milli=asked.milli if fits else 0,
        )
        return fits


def category_of(target: CourseTarget | Elective, filing: Filing) -> str | None:
    """Give the category of the plan that credit for a target stands in."""
    slot = None if filing.plan is None else filing.plan.slot(target.code)
    return target.category if slot is None else slot.category
