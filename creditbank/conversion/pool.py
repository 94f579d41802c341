"""The hours pool: hours that are still free are added up and give whole quanta of credit."""

from collections.abc import Sequence

from creditbank.conversion.amounts import Credits
from creditbank.conversion.cap_sums import NOTHING, CapTests
from creditbank.conversion.caps import RuleCap, ScopedCap
from creditbank.conversion.decision import Grant, Granted, Note, Part, Reason, Step, Trace
from creditbank.conversion.eligibility import hours_fact
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.grants import category_of
from creditbank.conversion.plan import CountedCredit
from creditbank.conversion.rule import Rule
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import HoursPool


def grant_pool(
    rule: Rule, pool: HoursPool, outcomes: Sequence[Outcome], filing: Filing, trace: Trace
) -> Granted:
    """Grant credit for the free hours of these outcomes, oldest first; the rest stays free."""
    scope = scope_of(rule, filing)
    stated = [outcome for outcome in outcomes if _states_hours(pool, outcome, trace)]
    if not stated:
        trace.add(Step.SHAPE, None, Reason.NO_OUTCOME_LEFT)
        return Granted()
    asked = _pooled(pool, stated, scope, trace)
    if not _fits_plan(pool, filing, trace):
        return Granted()
    granted = _within_caps(rule, pool, asked, filing, trace)
    credit = _counted(rule, pool, stated, granted, filing)
    granted = _within_counted(rule, pool, credit, filing, trace)
    if granted.milli == 0:
        return Granted()
    parts = _take(pool, stated, scope, pool.units_of(granted))
    target = pool.target
    grant = Grant(
        target=target.code,
        credits=granted,
        unit=rule.unit,
        category=category_of(pool.target, filing),
        grade=target.grade,
        in_parts=True,
    )
    return Granted((grant,), parts)


def _fits_plan(pool: HoursPool, filing: Filing, trace: Trace) -> bool:
    plan, target = filing.plan, pool.target
    if plan is None or plan.slot(target.code) is not None:
        return True
    if target.category is not None and plan.category(target.category) is not None:
        return True
    trace.add(Step.SHAPE, target.code, Reason.TARGET_NOT_IN_PLAN)
    return False


def _states_hours(pool: HoursPool, outcome: Outcome, trace: Trace) -> bool:
    if outcome.stated(pool.unit) is None:
        trace.add(Step.SHAPE, outcome.id, Reason.HOURS_NOT_STATED)
        return False
    return True


def _pooled(pool: HoursPool, outcomes: Sequence[Outcome], scope: str, trace: Trace) -> Credits:
    """Give what the free hours are worth, rounded down to the quantum."""
    free = sum(end - start for one in outcomes for start, end in one.free(pool.unit, scope))
    per_credit = pool.units(pool.per_credit)
    pooled = Credits(milli=free * 1000 // per_credit).rounded_down(pool.quantum)
    facts = {
        hours_fact("free", pool.unit): free,
        hours_fact("per_credit", pool.unit): per_credit,
        "quantum_milli": pool.quantum.milli,
        "credits_milli": pooled.milli,
    }
    code = Note.HOURS_POOLED if pooled.milli else Reason.BELOW_QUANTUM
    trace.add(Step.AMOUNT, None, code, **facts)
    return pooled


def _within_caps(
    rule: Rule, pool: HoursPool, asked: Credits, filing: Filing, trace: Trace
) -> Credits:
    """Give as many whole quanta as every cap leaves; a pool is capped by its rule alone."""
    granted = asked
    for cap in rule.caps:
        if not isinstance(cap, RuleCap) or asked.milli == 0:
            continue
        left = Credits(milli=max(0, cap.credits.milli - filing.recognised.milli))
        granted = min(granted, left.rounded_down(pool.quantum))
        code = Note.CAP_RULE_KEPT if granted == asked else Reason.CAP_RULE
        trace.add(
            Step.CAP,
            pool.target.code,
            code,
            limit_milli=cap.credits.milli,
            used_milli=filing.recognised.milli,
            asked_milli=asked.milli,
            granted_milli=granted.milli,
        )
    return granted


def _counted(
    rule: Rule, pool: HoursPool, outcomes: Sequence[Outcome], asked: Credits, filing: Filing
) -> CountedCredit:
    return CountedCredit(
        target=pool.target.code,
        category=category_of(pool.target, filing),
        credits=asked,
        rule=rule.id,
        sources=tuple(one.source for one in outcomes),
    )


def _within_counted(
    rule: Rule, pool: HoursPool, asked: CountedCredit, filing: Filing, trace: Trace
) -> Credits:
    """Give as many whole quanta as the caps leave that count over several conversions."""
    caps = [one for one in rule.caps if isinstance(one, ScopedCap) and one.basis == "recognised"]
    if not caps or asked.credits == NOTHING:
        return asked.credits
    left = CapTests(filing.plan, filing.counted, trace).within(caps, asked, in_parts=True)
    return left.rounded_down(pool.quantum)


def _take(
    pool: HoursPool, outcomes: Sequence[Outcome], scope: str, wanted: int
) -> tuple[Part, ...]:
    """Use `wanted` units of the free parts, the oldest outcome's first part first."""
    parts: list[Part] = []
    for outcome in outcomes:
        for start, end in outcome.free(pool.unit, scope):
            taken = min(wanted, end - start)
            if taken:
                parts.append(
                    Part(outcome=outcome.id, unit=pool.unit, start=start, end=start + taken)
                )
            wanted -= taken
    return tuple(parts)
