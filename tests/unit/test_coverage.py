"""Which rules can take an outcome of a course, whoever holds it."""

from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import Bundle
from creditbank.statistics.coverage import may_take
from tests.fixtures.rules import CERTIFICATE_RULE, RULES, Stated, outcome, taking


def takes(rule: str, stated: Stated) -> bool:
    """Say whether a rule can take an outcome of a course."""
    return may_take(RuleDocument.read(rule).rule, outcome(stated))


def test_a_rule_reaches_a_course_by_class_provider_and_code() -> None:
    """What depends on the outcome itself, as its grade or its series, closes nobody out."""
    here = taking(CERTIFICATE_RULE, "{course_patterns: [M-*], certificate_series: [电工]}")
    assert takes(here, Stated(course="M-1", series="焊工"))
    assert not takes(here, Stated(course="N-1"))
    assert not takes(CERTIFICATE_RULE, Stated(outcome_class="venue"))


def test_a_bundle_reaches_what_one_of_its_parts_takes() -> None:
    """A course that no part takes is of no use to it."""
    bundle = (RULES / "accounting-bundle.yaml").read_text("utf-8")
    rule = RuleDocument.read(bundle).rule
    assert isinstance(rule.shape, Bundle)
    stated = Stated(course=rule.shape.parts[0].sources.courses[0], outcome_class="formal")
    assert takes(bundle, stated)
    assert not takes(bundle, Stated(course="no-part", outcome_class="formal"))
