"""What must hold of a rule beyond its form: the parts of it that speak of each other."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from creditbank.conversion.amounts import AmountError
from creditbank.conversion.filing import units_of
from creditbank.conversion.rule import Case, Courses, HoursPool, Rule, RuleCap
from creditbank.conversion.sources import Sources
from creditbank.errors import FieldProblem


def incoherences(rule: Rule) -> Iterator[FieldProblem]:
    """Name every place where a well-formed rule contradicts itself."""
    if _folded(rule.author) == _folded(rule.approver):
        yield FieldProblem(field="approver", code="rule-approver-is-author")
    if rule.effective_until is not None and rule.effective_until <= rule.effective_from:
        yield FieldProblem(field="effective_until", code="rule-period-empty")
    if rule.supersedes == rule.version:
        yield FieldProblem(field="supersedes", code="rule-supersedes-wrong")
    yield from _source_problems(rule.sources)
    yield from _transition_problems(rule)
    if isinstance(rule.shape, HoursPool):
        yield from _pool_problems(rule.shape)
    else:
        yield from _course_problems(rule.shape)
    yield from _cap_problems(rule)
    yield from _repeated("tests", (case.name for case in rule.tests))
    for place, case in enumerate(rule.tests):
        yield from _case_problems(rule, case, f"tests.{place}")


def _source_problems(sources: Sources) -> Iterator[FieldProblem]:
    yield from _repeated("sources.levels", (one.framework for one in sources.levels))
    yield from _repeated("sources.grades", (one.scale for one in sources.grades))
    for place, grade in enumerate(sources.grades):
        if (grade.at_least is None) == (not grade.any_of):
            yield FieldProblem(field=f"sources.grades.{place}", code="rule-grade-wrong")
    if sources.hours is not None:
        try:
            units_of(sources.hours.unit, sources.hours.at_least)
        except AmountError as error:
            yield FieldProblem(field="sources.hours.at_least", code=error.code)
    begins, ends = sources.awarded_from, sources.awarded_until
    if begins is not None and ends is not None and ends < begins:
        yield FieldProblem(field="sources.awarded_until", code="days-reversed")


def _transition_problems(rule: Rule) -> Iterator[FieldProblem]:
    kept = rule.transition
    if kept is None:
        return
    if kept.filed_until < rule.effective_from:
        yield FieldProblem(field="transition.filed_until", code="rule-transition-over")
    if kept.version == rule.version or rule.supersedes is None:
        yield FieldProblem(field="transition.version", code="rule-transition-unknown")


def _pool_problems(pool: HoursPool) -> Iterator[FieldProblem]:
    if pool.quantum.milli == 0:
        yield FieldProblem(field="shape.quantum", code="amount-not-positive")
    try:
        units = pool.units(pool.per_credit)
    except AmountError as error:
        yield FieldProblem(field="shape.per_credit", code=error.code)
        return
    if units == 0:
        yield FieldProblem(field="shape.per_credit", code="amount-not-positive")
    elif units * pool.quantum.milli % 1000:
        yield FieldProblem(field="shape.quantum", code="rule-quantum-uneven")


def _course_problems(courses: Courses) -> Iterator[FieldProblem]:
    for place, target in enumerate(courses.targets):
        if target.credits.milli == 0:
            field = f"shape.targets.{place}.credits"
            yield FieldProblem(field=field, code="amount-not-positive")
    yield from _repeated("shape.targets", (target.code for target in courses.targets))


def _cap_problems(rule: Rule) -> Iterator[FieldProblem]:
    is_for_certificates = isinstance(rule.shape, Courses) and rule.sources.certificate_series
    for place, cap in enumerate(rule.caps):
        if not isinstance(cap, RuleCap) and not is_for_certificates:
            yield FieldProblem(field=f"caps.{place}", code="rule-cap-misplaced")
    yield from _repeated("caps", (cap.kind for cap in rule.caps))


def _case_problems(rule: Rule, case: Case, place: str) -> Iterator[FieldProblem]:
    until = rule.effective_until
    if case.filed_on < rule.effective_from or (until is not None and case.filed_on >= until):
        yield FieldProblem(field=f"{place}.filed_on", code="rule-case-outside")
    yield from _repeated(f"{place}.outcomes", (outcome.id for outcome in case.outcomes))
    for number, outcome in enumerate(case.outcomes):
        at = f"{place}.outcomes.{number}"
        if outcome.certificate_number is not None and outcome.certificate_series is None:
            yield FieldProblem(field=f"{at}.certificate_series", code="field-missing")
        for name, hours in (("hours", outcome.hours), ("used", outcome.used)):
            if hours is not None and _is_uneven(rule, name, hours):
                yield FieldProblem(field=f"{at}.{name}", code="amount-not-whole-minutes")
        for name, other in _TOGETHER:
            if (getattr(outcome, name) is None) != (getattr(outcome, other) is None):
                yield FieldProblem(field=f"{at}.{other}", code="field-missing")


def _is_uneven(rule: Rule, name: str, hours: str) -> bool:
    """Say whether hours of learning are no whole minutes; class hours are always exact."""
    counts_minutes = isinstance(rule.shape, HoursPool) and rule.shape.unit == "hours"
    if hours == "all" or (name == "used" and not counts_minutes):
        return False
    whole, _, fraction = hours.partition(".")
    return int(whole + fraction.ljust(3, "0")) * 60 % 1000 != 0


_TOGETHER = (("level", "level_framework"), ("grade", "grade_scale"))
"""Facts of an outcome that say nothing without each other."""


def _repeated(field: str, names: Iterable[str]) -> Iterator[FieldProblem]:
    for name, count in Counter(names).items():
        if count > 1:
            facts = {"name": name}
            yield FieldProblem(field=field, code="rule-name-repeated", facts=facts)


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
