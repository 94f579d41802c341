"""The tests that each offered outcome must pass: status, identity, validity, sources, exclusivity.

Every test of every outcome is made and written down, whatever failed before it.
"""

from collections.abc import Sequence

from creditbank.conversion.accept import as_found, failing
from creditbank.conversion.alike import refused_as_alike, trace_alike_uses
from creditbank.conversion.days import as_number, last_valid_day
from creditbank.conversion.decision import Note, Reason, Step, Trace
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.rule import Rule
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import HoursPool


def in_order(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Give outcomes oldest award first, then by id: no decision depends on how they were sent."""
    return tuple(sorted(outcomes, key=lambda one: (one.awarded_first, one.awarded_last, one.id)))


def eligible(rule: Rule, filing: Filing, trace: Trace) -> tuple[Outcome, ...]:
    """Give the outcomes that fail none of the tests, oldest first."""
    outcomes = in_order(filing.outcomes)
    for outcome in outcomes:
        code = Note.STATUS_ACTIVE if outcome.is_active else Reason.STATUS_NOT_ACTIVE
        trace.add(Step.STATUS, outcome.id, code)
    _test_identity(rule, outcomes, trace)
    for outcome in outcomes:
        _test_validity(rule, filing, outcome, trace)
    for outcome in outcomes:
        _test_sources(rule, outcome, trace)
    for outcome in outcomes:
        _test_exclusivity(rule, scope_of(rule, filing), outcome, trace)
    _test_series(rule, outcomes, trace)
    trace.lines[:] = [as_found(line, filing.findings) for line in trace.lines]
    failed = {line.subject for line in trace.lines if not line.has_passed}
    return tuple(outcome for outcome in outcomes if outcome.id not in failed)


def _test_identity(rule: Rule, outcomes: Sequence[Outcome], trace: Trace) -> None:
    """Of several records of one achievement, or of equivalent courses, one active counts."""
    groups: set[str] = set()
    courses: set[str] = set()
    same = {code: names[0] for names in rule.equivalents for code in names}
    alike = refused_as_alike(rule, outcomes)
    for outcome in outcomes:
        course = same.get(outcome.course)
        code: Reason | Note = alike.get(outcome.id, Note.SINGLE_OUTCOME)
        if outcome.group in groups:
            code = Reason.DUPLICATE_OUTCOME
        elif course in courses:
            code = Reason.EQUIVALENT_OUTCOME
        trace.add(Step.IDENTITY, outcome.id, code)
        if outcome.is_active:
            groups.add(outcome.group)
            courses.update([] if course is None else [course])


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


def _test_exclusivity(rule: Rule, scope: str, outcome: Outcome, trace: Trace) -> None:
    if outcome.home_bank is not None:
        _test_home(outcome, trace)
    trace_alike_uses(rule, scope, outcome, trace)
    uses = outcome.used_in(scope)
    if not uses:
        trace.add(Step.EXCLUSIVITY, outcome.id, Note.NOT_CONSUMED)
        return
    entry = max(use.entry for use in uses)
    unit = rule.shape.unit if isinstance(rule.shape, HoursPool) else None
    free = 0 if unit is None else sum(end - start for start, end in outcome.free(unit, scope))
    if unit is None or free == 0:
        trace.add(Step.EXCLUSIVITY, outcome.id, Reason.ALREADY_CONSUMED, entry=entry)
    else:
        facts = {hours_fact("free", unit): free}
        trace.add(Step.EXCLUSIVITY, outcome.id, Note.HOURS_FREE, entry=entry, **facts)


def _test_home(outcome: Outcome, trace: Trace) -> None:
    """Ask what the bank that keeps an outcome has signed: that it is used here, or elsewhere."""
    known: dict[str, Reason | Note] = {"here": Note.USED_HERE, "elsewhere": Reason.USED_AT_HOME}
    code = known.get(outcome.home_use or "", Reason.HOME_USE_NOT_STATED)
    trace.add(Step.EXCLUSIVITY, outcome.id, code)


def _test_series(rule: Rule, outcomes: Sequence[Outcome], trace: Trace) -> None:
    """Of the active certificates of one series the highest alone counts, where the rule says so."""
    if rule.series is None:
        return
    for outcome in outcomes:
        others = [one for one in outcomes if _is_of_series_of(outcome, one)]
        if not others:
            continue
        levels = [one.level for one in others if one.level_framework == outcome.level_framework]
        known = [level for level in levels if level is not None]
        if outcome.level is None or len(known) < len(others):
            trace.add(Step.EXCLUSIVITY, outcome.id, Reason.SERIES_LEVELS_UNKNOWN)
            continue
        highest = max(*known, outcome.level)
        is_lower = outcome.level < highest
        code = Reason.LOWER_OF_SERIES if is_lower else Note.HIGHEST_OF_SERIES
        trace.add(Step.EXCLUSIVITY, outcome.id, code, level=outcome.level, highest=highest)


def _is_of_series_of(outcome: Outcome, other: Outcome) -> bool:
    series = outcome.certificate_series
    is_same = series is not None and series == other.certificate_series
    return is_same and other.id != outcome.id and other.is_active


def hours_fact(name: str, unit: str) -> str:
    """Name a fact that counts hours of a unit."""
    return f"{name}_milli" if unit == "class_hours" else f"{name}_minutes"
