"""A rule's own test cases: each must give what it says before the rule can be published."""

from collections.abc import Iterator
from dataclasses import dataclass

from creditbank.conversion.amounts import ClassHours, Credits, StudyTime
from creditbank.conversion.decide import decide
from creditbank.conversion.filing import Filing, FilledTarget, Outcome, Use
from creditbank.conversion.rule import Case, CaseOutcome, HoursPool, Rule
from creditbank.conversion.rule_file import RuleDocument

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a case gave, beside what it should give."""

    case: Case
    credits: Credits
    codes: tuple[str, ...]

    @property
    def has_passed(self) -> bool:
        """True when the credits are right and exactly the expected tests failed."""
        expected = self.case.expect
        return self.credits == expected.credits and set(self.codes) == set(expected.codes)


def run_cases(document: RuleDocument) -> Iterator[CaseResult]:
    """Decide each of a rule's own cases."""
    for case in document.rule.tests:
        decision = decide(document, _filing(document.rule, case))
        yield CaseResult(case=case, credits=decision.credits, codes=decision.codes)


def _filing(rule: Rule, case: Case) -> Filing:
    return Filing(
        filed_on=case.filed_on,
        outcomes=tuple(_outcome(rule, outcome) for outcome in case.outcomes),
        targets=case.targets,
        filled=tuple(FilledTarget(code=code, entry=0) for code in case.filled),
        recognised=case.recognised or Credits(milli=0),
    )


def _outcome(rule: Rule, stated: CaseOutcome) -> Outcome:
    number = stated.certificate_number
    return Outcome(
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
        uses=_uses(rule, stated.used),
        provider_above=stated.provider_above,
        level_framework=stated.level_framework,
        level=stated.level,
        grade=stated.grade,
        grade_scale=stated.grade_scale,
        assurance=stated.assurance,
    )


def _uses(rule: Rule, used: str | None) -> tuple[Use, ...]:
    if used is None:
        return ()
    if used == ALL or not isinstance(rule.shape, HoursPool):
        return (Use(entry=0),)
    return (Use(entry=0, unit=rule.shape.unit, start=0, end=rule.shape.units(used)),)
