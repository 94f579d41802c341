"""The tests that each offered outcome must pass: status, identity, validity, sources, exclusivity.

Every test of every outcome is made and written down, whatever failed before it.
"""

from collections.abc import Sequence

from creditbank.conversion.accept import failing
from creditbank.conversion.days import as_number, last_valid_day
from creditbank.conversion.decision import Note, Reason, Step, Trace
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.rule import HoursPool, Rule


def in_order(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Give outcomes oldest award first, then by id: no decision depends on how they were sent."""
    return tuple(sorted(outcomes, key=lambda one: (one.awarded_first, one.awarded_last, one.id)))


def eligible(rule: Rule, filing: Filing, trace: Trace) -> tuple[Outcome, ...]:
    """Give the outcomes that fail none of the tests, oldest first."""
    outcomes = in_order(filing.outcomes)
    for outcome in outcomes:
        code = Note.STATUS_ACTIVE if outcome.is_active else Reason.STATUS_NOT_ACTIVE
        trace.add(Step.STATUS, outcome.id, code)
    _test_identity(outcomes, trace)
    for outcome in outcomes:
        _test_validity(rule, filing, outcome, trace)
    for outcome in outcomes:
        _test_sources(rule, outcome, trace)
    for outcome in outcomes:
        _test_exclusivity(rule, outcome, trace)
    failed = {line.subject for line in trace.lines if not line.has_passed}
    return tuple(outcome for outcome in outcomes if outcome.id not in failed)


def _test_identity(outcomes: Sequence[Outcome], trace: Trace) -> None:
    """Of several records of one achievement the oldest that is active counts."""
    seen: set[str] = set()
    for outcome in outcomes:
        is_again = outcome.group in seen
        code = Reason.DUPLICATE_OUTCOME if is_again else Note.SINGLE_OUTCOME
        trace.add(Step.IDENTITY, outcome.id, code)
        if outcome.is_active:
            seen.add(outcome.group)


def _test_validity(rule: Rule, filing: Filing, outcome: Outcome, trace: Trace) -> None:
    """Test the day; an award known to the month passes or fails only where each day of it would."""
    filed = as_number(filing.filed_on)
    if outcome.awarded_first > filing.filed_on:
        awarded = as_number(outcome.awarded_first)
        trace.add(
            Step.VALIDITY, outcome.id, Reason.NOT_YET_AWARDED, awarded_day=awarded, filed_day=filed
        )
        return
    if rule.valid_for_months is None:
        trace.add(Step.VALIDITY, outcome.id, Note.VALID_FOR_EVER)
        return
    last = last_valid_day(outcome.awarded_first, rule.valid_for_months)
    latest = last_valid_day(outcome.awarded_last, rule.valid_for_months)
    if filing.filed_on <= last:
        code: Reason | Note = Note.WITHIN_VALIDITY
    else:
        code = Reason.EXPIRED if filing.filed_on > latest else Reason.AWARD_DAY_IMPRECISE
    trace.add(Step.VALIDITY, outcome.id, code, last_day=as_number(last), filed_day=filed)


def _test_sources(rule: Rule, outcome: Outcome, trace: Trace) -> None:
    failed = list(failing(rule.sources, outcome))
    for code, facts in failed:
        trace.add(Step.SOURCES, outcome.id, code, **facts)
    if not failed:
        trace.add(Step.SOURCES, outcome.id, Note.SOURCE_ACCEPTED)


def _test_exclusivity(rule: Rule, outcome: Outcome, trace: Trace) -> None:
    if not outcome.uses:
        trace.add(Step.EXCLUSIVITY, outcome.id, Note.NOT_CONSUMED)
        return
    entry = max(use.entry for use in outcome.uses)
    unit = rule.shape.unit if isinstance(rule.shape, HoursPool) else None
    free = 0 if unit is None else sum(end - start for start, end in outcome.free(unit))
    if unit is None or free == 0:
        trace.add(Step.EXCLUSIVITY, outcome.id, Reason.ALREADY_CONSUMED, entry=entry)
    else:
        facts = {hours_fact("free", unit): free}
        trace.add(Step.EXCLUSIVITY, outcome.id, Note.HOURS_FREE, entry=entry, **facts)


def hours_fact(name: str, unit: str) -> str:
    """Name a fact that counts hours of a unit."""
    return f"{name}_milli" if unit == "class_hours" else f"{name}_minutes"
