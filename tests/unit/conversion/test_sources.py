"""Which outcomes a rule takes: every predicate, what fails it, and what a person must decide."""

from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.decision import FOR_A_PERSON, Decision
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.sources import AssuranceLevel
from creditbank.errors import InvalidInput
from creditbank.outcomes.particulars import Assurance
from tests.fixtures.rules import HOURS_RULE, Stated, judge, taking

NONE_LEFT = "no-outcome-left"


def judged(sources: str, **stated: Any) -> Decision:
    """Decide on one outcome by a rule with these sources."""
    return judge(taking(HOURS_RULE, sources), Stated(class_hours=16_000, **stated))


@pytest.mark.parametrize(
    ("sources", "stated", "code"),
    [
        ("{providers: [a]}", {"provider": "a"}, None),
        ("{providers: [a]}", {"provider": "b", "above": ["a"]}, "provider-not-accepted"),
        ("{provider_subtrees: [a]}", {"provider": "a"}, None),
        ("{provider_subtrees: [a]}", {"provider": "b", "above": ["c", "a"]}, None),
        ("{provider_subtrees: [a]}", {"provider": "b", "above": ["c"]}, "provider-not-accepted"),
        ("{providers: [x], provider_subtrees: [a]}", {"provider": "x"}, None),
        ("{courses: [DG-1]}", {"course": "DG-10"}, "course-not-accepted"),
        ("{course_patterns: ['DG-*']}", {"course": "DG-10"}, None),
        ("{course_patterns: ['DG-?']}", {"course": "DG-10"}, "course-not-accepted"),
        ("{course_patterns: ['D.-1']}", {"course": "DG-1"}, "course-not-accepted"),
        ("{courses: [A], course_patterns: ['B*']}", {"course": "A"}, None),
        ("{levels: [{framework: 技能, at_least: 4}]}", {"level": ("技能", 4)}, None),
        ("{levels: [{framework: 技能, at_least: 4}]}", {"level": ("技能", 7)}, None),
        ("{levels: [{framework: 技能, at_least: 4}]}", {"level": ("技能", 1)}, "level-too-low"),
        (
            "{levels: [{framework: 技能, at_least: 4}]}",
            {"level": ("1+X", 3)},
            "level-framework-unknown",
        ),
        ("{levels: [{framework: 技能, at_least: 4}]}", {}, "level-not-stated"),
        ("{grades: [{scale: percent, at_least: '75'}]}", {"grade": ("percent", "75")}, None),
        ("{grades: [{scale: percent, at_least: '75'}]}", {"grade": ("percent", "100")}, None),
        (
            "{grades: [{scale: percent, at_least: '75'}]}",
            {"grade": ("percent", "74.99")},
            "grade-too-low",
        ),
        (
            "{grades: [{scale: percent, at_least: '75'}]}",
            {"grade": ("five", "优")},
            "grade-scale-not-listed",
        ),
        (
            "{grades: [{scale: percent, at_least: '75'}]}",
            {"grade": ("percent", "缓考")},
            "grade-unreadable",
        ),
        ("{grades: [{scale: percent, at_least: '75'}]}", {}, "grade-not-stated"),
        ("{grades: [{scale: five, any_of: [优, 良]}]}", {"grade": ("five", "良")}, None),
        ("{grades: [{scale: five, any_of: [优, 良]}]}", {"grade": ("five", "中")}, "grade-too-low"),
        ("{assurance_at_least: supervised}", {"assurance": "identity_checked"}, None),
        ("{assurance_at_least: supervised}", {"assurance": "assessed"}, "assurance-too-low"),
        ("{assurance_at_least: supervised}", {}, "assurance-not-stated"),
        ("{awarded_from: 2024-11-20}", {}, None),
        ("{awarded_from: 2024-11-21}", {}, "awarded-too-early"),
        ("{awarded_until: 2024-11-20}", {}, None),
        ("{awarded_until: 2024-11-19}", {}, "awarded-too-late"),
        (
            "{awarded_until: 2024-11-20}",
            {"awarded": date(2024, 11, 1), "awarded_last": date(2024, 11, 30)},
            "award-day-imprecise",
        ),
    ],
)
def test_each_predicate_takes_what_it_says_and_names_what_it_does_not(
    sources: str, stated: dict[str, Any], code: str | None
) -> None:
    """T9 and R20: 特级技师 passes a rule that asks for 三级; another scale is never compared."""
    decision = judged(sources, **stated)
    assert decision.codes == (() if code is None else (code, NONE_LEFT))
    assert decision.needs_a_person == (code in FOR_A_PERSON)


def test_hours_are_compared_in_the_unit_that_the_rule_names() -> None:
    """An hour of learning is no class hour."""
    sources = "{hours: {unit: class_hours, at_least: '16'}}"
    assert judge(taking(HOURS_RULE, sources), Stated(class_hours=16_000)).codes == ()
    few = judge(taking(HOURS_RULE, sources), Stated(class_hours=15_999))
    assert few.codes == ("hours-too-few", NONE_LEFT)
    other = "{hours: {unit: hours, at_least: '1'}}"
    unknown = judge(taking(HOURS_RULE, other), Stated(class_hours=16_000))
    assert unknown.codes == ("hours-not-stated", NONE_LEFT)
    assert unknown.needs_a_person


def test_every_failing_predicate_is_told_and_what_fails_anyway_needs_nobody() -> None:
    """An unknown grade does not matter where the course is another."""
    sources = "{courses: [X], grades: [{scale: percent, at_least: '75'}]}"
    decision = judged(sources)
    assert decision.codes == ("course-not-accepted", "grade-not-stated", NONE_LEFT)
    assert not decision.needs_a_person


@given(
    least=st.integers(0, 10_000),
    grade=st.integers(0, 10_000),
)
def test_a_grade_is_compared_exactly(least: int, grade: int) -> None:
    """In hundredths, never as a float."""
    sources = f"{{grades: [{{scale: percent, at_least: '{_text(least)}'}}]}}"
    decision = judged(sources, grade=("percent", _text(grade)))
    assert (decision.codes == ()) == (grade >= least)


@pytest.mark.parametrize(
    ("sources", "field", "code"),
    [
        ("{grades: [{scale: p}]}", "sources.grades.0", "rule-grade-wrong"),
        (
            "{grades: [{scale: p, at_least: 1, any_of: [x]}]}",
            "sources.grades.0",
            "rule-grade-wrong",
        ),
        (
            "{grades: [{scale: p, at_least: 1}, {scale: p, any_of: [x]}]}",
            "sources.grades",
            "rule-name-repeated",
        ),
        (
            "{levels: [{framework: f, at_least: 1}, {framework: f, at_least: 2}]}",
            "sources.levels",
            "rule-name-repeated",
        ),
        (
            "{hours: {unit: hours, at_least: 0.01}}",
            "sources.hours.at_least",
            "amount-not-whole-minutes",
        ),
        (
            "{awarded_from: 2024-02-01, awarded_until: 2024-01-31}",
            "sources.awarded_until",
            "days-reversed",
        ),
        ("{course_patterns: ['DG-[1]']}", "sources.course_patterns.0", "rule-pattern-wrong"),
        ("{assurance_at_least: sure}", "sources.assurance_at_least", "kind-unknown"),
    ],
)
def test_sources_that_say_nothing_or_two_things_are_refused_by_their_place(
    sources: str, field: str, code: str
) -> None:
    """The line and the remedy are told before a rule is drafted."""
    with pytest.raises(InvalidInput) as refused:
        RuleDocument.read(taking(HOURS_RULE, sources))
    assert (field, code) in [(one.field, one.code) for one in refused.value.problems]


def test_the_levels_of_assurance_are_those_of_outcomes() -> None:
    """One list, in one order."""
    assert get_args(AssuranceLevel) == tuple(one.value for one in Assurance)


def _text(centi: int) -> str:
    return f"{centi // 100}.{centi % 100:02}"
