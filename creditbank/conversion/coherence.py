"""What must hold of a rule beyond its form: the parts of it that speak of each other."""

import unicodedata
from collections.abc import Iterator
from typing import get_args

from creditbank.conversion.caps import CertificateCap, CertificateValueCap, ScopedCap
from creditbank.conversion.case import Case
from creditbank.conversion.plan_coherence import cap_problems, plan_problems
from creditbank.conversion.rule import Rule
from creditbank.conversion.shape_coherence import shape_problems
from creditbank.conversion.shapes import Courses, HoursPool
from creditbank.conversion.source_coherence import repeated, source_problems
from creditbank.conversion.workflow import StepName, Workflow
from creditbank.errors import FieldProblem


def incoherences(rule: Rule) -> Iterator[FieldProblem]:
    """Name every place where a well-formed rule contradicts itself."""
    if _folded(rule.author) == _folded(rule.approver):
        yield FieldProblem(field="approver", code="rule-approver-is-author")
    if rule.effective_until is not None and rule.effective_until <= rule.effective_from:
        yield FieldProblem(field="effective_until", code="rule-period-empty")
    if rule.supersedes == rule.version:
        yield FieldProblem(field="supersedes", code="rule-supersedes-wrong")
    yield from source_problems(rule.sources, "sources")
    yield from _transition_problems(rule)
    yield from shape_problems(rule.shape)
    yield from _cap_problems(rule)
    yield from _term_problems(rule)
    yield from repeated("tests", (case.name for case in rule.tests))
    for place, case in enumerate(rule.tests):
        yield from _case_problems(rule, case, f"tests.{place}")


def _transition_problems(rule: Rule) -> Iterator[FieldProblem]:
    kept = rule.transition
    if kept is None:
        return
    if kept.filed_until < rule.effective_from:
        yield FieldProblem(field="transition.filed_until", code="rule-transition-over")
    if kept.version == rule.version or rule.supersedes is None:
        yield FieldProblem(field="transition.version", code="rule-transition-unknown")


def _cap_problems(rule: Rule) -> Iterator[FieldProblem]:
    is_for_certificates = isinstance(rule.shape, Courses) and rule.sources.certificate_series
    for place, cap in enumerate(rule.caps):
        is_of_one = isinstance(cap, CertificateCap | CertificateValueCap)
        if is_of_one and not is_for_certificates:
            yield FieldProblem(field=f"caps.{place}", code="rule-cap-misplaced")
    once = (cap.kind for cap in rule.caps if not isinstance(cap, ScopedCap))
    yield from repeated("caps", once)
    yield from cap_problems(rule.caps, "caps")


def _term_problems(rule: Rule) -> Iterator[FieldProblem]:
    """Name what is said twice or out of order in equivalents and workflow."""
    codes = [code for group in rule.equivalents for code in group]
    yield from repeated("equivalents", codes)
    terms = rule.workflow
    has_chain = terms is not None and bool(terms.steps)
    if has_chain != (rule.decided_by == "chain"):
        yield FieldProblem(field="workflow.steps", code="rule-chain-unclear")
    if terms is None:
        return
    names = [one.step for one in terms.steps]
    yield from repeated("workflow.steps", names)
    if names != sorted(names, key=get_args(StepName).index):
        yield FieldProblem(field="workflow.steps", code="rule-chain-order")
    yield from _publication_problems(terms)
    yield from repeated("workflow.refusals", (one.code for one in terms.refusals))


def _publication_problems(terms: Workflow) -> Iterator[FieldProblem]:
    """Name what a publication 公示 lacks: its days, a review before it, a recognition after it."""
    names = [one.step for one in terms.steps]
    for place, one in enumerate(terms.steps):
        if one.step != "publication":
            continue
        at = f"workflow.steps.{place}"
        if not one.working_days:
            yield FieldProblem(field=f"{at}.working_days", code="field-missing")
        if "recognition" not in names[place:] or not place:
            yield FieldProblem(field=at, code="rule-publication-alone")
    if names == ["entry"]:
        yield FieldProblem(field="workflow.steps", code="rule-chain-unclear")


def _case_problems(rule: Rule, case: Case, place: str) -> Iterator[FieldProblem]:
    until = rule.effective_until
    if case.filed_on < rule.effective_from or (until is not None and case.filed_on >= until):
        yield FieldProblem(field=f"{place}.filed_on", code="rule-case-outside")
    yield from repeated(f"{place}.outcomes", (outcome.id for outcome in case.outcomes))
    if case.plan is not None:
        yield from plan_problems(case.plan, f"{place}.plan")
    elif case.expect.applied is not None:
        yield FieldProblem(field=f"{place}.plan", code="field-missing")
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


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
