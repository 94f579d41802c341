"""A rule's own test cases: each must give what it says before the rule can be published."""

from collections.abc import Iterator
from dataclasses import dataclass

from creditbank.conversion.alike import with_title
from creditbank.conversion.amounts import ClassHours, Credits, StudyTime
from creditbank.conversion.apply import Application, apply_credit, by_slot, credit_granted
from creditbank.conversion.caps import ScopedCap
from creditbank.conversion.case import Case, CaseCredit, CaseOutcome
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import Decision, Line
from creditbank.conversion.filing import ANYWHERE, Filing, FilledTarget, Outcome, Use
from creditbank.conversion.plan import CountedCredit, CreditSource
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import HoursPool
from creditbank.errors import FieldProblem

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a case gave, beside what it should give; `credits` are points by a rule of points."""

    case: Case
    credits: Credits
    applied: Credits
    codes: tuple[str, ...]
    grants: tuple[tuple[str, Credits], ...]
    trace: tuple[Line, ...]

    @property
    def has_passed(self) -> bool:
        """True when the amounts are right and exactly the expected tests failed."""
        expected = self.case.expect
        stated = tuple((one.target, one.credits) for one in expected.grants)
        return (
            self.credits == expected.credits
            and set(self.codes) == set(expected.codes)
            and expected.applied in {None, self.applied}
            and (not stated or sorted(stated) == sorted(self.grants))
        )


def case_problem(place: int, result: CaseResult) -> FieldProblem:
    """Say of the case in a place of its rule what it must give, and what it gives."""
    expected = result.case.expect
    must = " ".join([str(expected.credits), *(code.value for code in expected.codes)])
    gives = " ".join([str(result.credits), *result.codes])
    facts = {"name": result.case.name, "expected": must, "found": gives}
    return FieldProblem(field=f"tests.{place}", code="rule-case-failed", facts=facts)


def run_cases(document: RuleDocument) -> Iterator[CaseResult]:
    """Decide each of a rule's own cases, and apply what it gives where the case has a plan."""
    for case in document.rule.tests:
        filing = _filing(document.rule, case)
        decision = decide(document, filing)
        applied = _applied(document.rule, case, filing, decision)
        yield CaseResult(
            case=case,
            credits=decision.points if document.rule.unit == "points" else decision.credits,
            applied=applied.credits,
            codes=tuple(dict.fromkeys((*decision.codes, *applied.codes))),
            grants=tuple((one.target, one.credits) for one in decision.grants),
            trace=(*decision.trace, *applied.trace),
        )


def _applied(rule: Rule, case: Case, filing: Filing, decision: Decision) -> Application:
    if case.plan is None or rule.unit == "points":
        return Application(applied=(), trace=())
    wanted = by_slot(case.plan.plan, credit_granted(filing, decision, rule.id))
    own = [cap for cap in rule.caps if isinstance(cap, ScopedCap)]
    counted = [_counted(rule, one) for one in case.counted]
    return apply_credit(case.plan.plan, case.plan.caps, {rule.id: own}, wanted, counted)


def _filing(rule: Rule, case: Case) -> Filing:
    filled = [FilledTarget(code=code, entry=0) for code in case.filled]
    counted = tuple(_counted(rule, one) for one in case.counted)
    filled += [
        FilledTarget(code=one.target, entry=0, credits=one.credits)
        for one in counted
        if one.target in case.targets
    ]
    return Filing(
        filed_on=case.filed_on,
        outcomes=tuple(_outcome(rule, outcome) for outcome in case.outcomes),
        targets=case.targets,
        filled=tuple(filled),
        recognised=case.recognised or Credits(milli=0),
        plan=None if case.plan is None else case.plan.plan,
        counted=counted,
        identity_level=int(case.identity_level),
    )


def _counted(rule: Rule, stated: CaseCredit) -> CountedCredit:
    source = CreditSource(
        outcome_class=stated.outcome_class,
        provider=stated.provider,
        awarded_first=stated.awarded_on,
        awarded_last=stated.awarded_on,
        certificate=stated.certificate,
    )
    return CountedCredit(
        target=stated.target,
        category=stated.category,
        credits=stated.credits,
        rule=rule.id,
        sources=(source,),
    )


def _outcome(rule: Rule, stated: CaseOutcome) -> Outcome:
    number = stated.certificate_number
    outcome = Outcome(
        id=stated.id,
        group=stated.id if number is None else f"{stated.certificate_series}\0{number}",
        is_active=stated.status == "active",
        outcome_class=stated.outcome_class,
        provider=stated.provider,
        course=stated.course,
        awarded_first=stated.awarded_on,
        awarded_last=stated.awarded_on,
        certificate_series=stated.certificate_series,
        value=stated.value,
        class_hours=None if stated.class_hours is None else ClassHours.parse(stated.class_hours),
        hours=None if stated.hours is None else StudyTime.parse(stated.hours),
        uses=_uses(rule, stated),
        provider_above=stated.provider_above,
        level_framework=stated.level_framework,
        level=stated.level,
        grade=stated.grade,
        grade_scale=stated.grade_scale,
        assurance=stated.assurance,
        home_bank=stated.home_bank,
        home_use=stated.home_use,
    )
    return outcome if stated.title is None else with_title(outcome, stated.title, stated.term)


def _uses(rule: Rule, stated: CaseOutcome) -> tuple[Use, ...]:
    used = stated.used
    if used is None:
        return ()
    scope = stated.used_in or ANYWHERE
    if used == ALL or not isinstance(rule.shape, HoursPool):
        return (Use(entry=0, scope=scope),)
    return (Use(entry=0, unit=rule.shape.unit, start=0, end=rule.shape.units(used), scope=scope),)
