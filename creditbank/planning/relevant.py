"""Which of many rules can take anything of a learner at all, and what of hers each takes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from creditbank.conversion.accept import failing
from creditbank.conversion.decision import Trace
from creditbank.conversion.eligibility import eligible, in_order
from creditbank.conversion.filing import Outcome
from creditbank.conversion.rule import Rule
from creditbank.conversion.scope import fits_programme
from creditbank.conversion.shapes import Bundle
from creditbank.conversion.sources import Sources
from creditbank.conversion.terms import meets_terms
from creditbank.conversion.versions import VersionInForce
from creditbank.planning.question import Question


@dataclass(frozen=True, slots=True)
class _Held:
    """The codes, series and classes of a learner's outcomes."""

    courses: frozenset[str]
    series: frozenset[str]
    classes: frozenset[str]

    def may_meet(self, sources: Sources) -> bool:
        """Say no only where no outcome can meet the predicates."""
        if (
            sources.courses
            and not sources.course_patterns
            and self.courses.isdisjoint(sources.courses)
        ):
            return False
        if sources.certificate_series and self.series.isdisjoint(sources.certificate_series):
            return False
        return not sources.classes or not self.classes.isdisjoint(sources.classes)


def relevant_rules(
    rules: Iterable[VersionInForce], outcomes: Sequence[Outcome]
) -> Iterator[VersionInForce]:
    """Leave out the rules that no outcome can meet."""
    held = _Held(
        courses=frozenset(one.course for one in outcomes),
        series=frozenset(one.certificate_series for one in outcomes if one.certificate_series),
        classes=frozenset(one.outcome_class for one in outcomes),
    )
    for version in rules:
        rule = version.document.rule
        parts = rule.shape.parts if isinstance(rule.shape, Bundle) else ()
        if held.may_meet(rule.sources) and all(held.may_meet(one.sources) for one in parts):
            yield version


def may_be_filed(question: Question, rule: Rule) -> bool:
    """Say whether a rule gives credit of itself, for this plan and on this day."""
    if rule.unit != "credits" or rule.decided_by != "automatic":
        return False
    whole = question.filing(rule, question.outcomes, ())
    return fits_programme(rule, whole, Trace()) and meets_terms(rule, whole, Trace())


def each_eligible(
    question: Question, version: VersionInForce, codes: Sequence[str]
) -> list[Outcome]:
    """Give the outcomes that the rule takes, each asked for alone, the oldest first."""
    rule = version.document.rule
    return [
        one
        for one in in_order(question.outcomes)
        if question.reserved.get(one.id, rule.id) == rule.id
        and not any(failing(rule.sources, one))  # Asked first, since it is quick and tells most.
        and (version.awarded_before is None or version.takes([one.awarded_last]))
        and eligible(rule, question.filing(rule, [one], codes), Trace())
    ]
