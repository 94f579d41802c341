"""What two catalogues name alike counts once; what is similar waits for a person."""

from dataclasses import replace

import pytest

from creditbank.conversion.alike import likeness, with_alike_uses, with_title
from creditbank.conversion.amounts import Credits
from creditbank.conversion.decide import ENGINE, THIRD, as_given_to, decide
from creditbank.conversion.decision import Decision
from creditbank.conversion.filing import Filing, Likeness, Outcome, Use
from creditbank.conversion.rule_file import RuleDocument
from tests.fixtures.planning import rule_document
from tests.fixtures.rules import FILED_ON, Stated, outcome

COURSES = rule_document("any", "courses", [("X", Credits(milli=3_000), False)], parts=[("ABC", 1)])
BUNDLE = rule_document("two", "bundle", [("X", Credits(milli=3_000), False)], parts=[("ABC", 2)])
POOL = rule_document("hours", "pool", [("X", Credits(milli=3_000), False)])


def learned(
    name: str,
    title: str,
    *,
    provider: str = "p",
    course: str | None = None,
    term: str = "2025春",
    grade: str | None = None,
) -> Outcome:
    """Give an outcome of a course with this title; its code is its own unless stated."""
    stated = Stated(
        id=name,
        class_hours=32_000,
        outcome_class="formal",
        provider=provider,
        course=course or name.upper(),
        grade=None if grade is None else ("percent", grade),
    )
    return with_title(outcome(stated), title, term)


def decided(document: RuleDocument, *outcomes: Outcome) -> Decision:
    """Decide on these outcomes for the one target."""
    return decide(
        document,
        Filing(filed_on=FILED_ON, outcomes=outcomes, targets=("X",), recognised=Credits(milli=0)),
    )


def refused(decision: Decision) -> list[tuple[str | None, str]]:
    """Give which outcome fails which test of identity or exclusivity."""
    about = {"identity", "exclusivity"}
    return [(one.subject, one.code.value) for one in decision.failures if one.step in about]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (learned("b", "大学英语1", provider="q"), Likeness.DUPLICATE),
        (learned("b", "大學 英語（Ⅰ）", provider="q"), Likeness.DUPLICATE),
        (learned("b", "大学英语1", provider="q", term="2025秋"), Likeness.SAME),
        (learned("b", "大学英语1"), Likeness.SAME),
        (learned("b", "大学英语", provider="q"), Likeness.SIMILAR),
        (learned("b", "大学英语", provider="q", course="A"), Likeness.DUPLICATE),
        (learned("b", "高等数学", provider="q", course="A"), None),
        (learned("b", "大学英语(二)", provider="q"), None),
        (learned("b", "大学英语(一)", course="A", term="2025秋"), None),
    ],
)
def test_how_two_outcomes_are_alike(other: Outcome, found: Likeness | None) -> None:
    """Case T5; a definition's own repeats are counted by its catalogue, not by its name."""
    first = learned("a", "大学英语(一)")
    assert likeness(first, other) is found
    assert likeness(other, first) is found


def test_certificates_are_told_apart_by_their_numbers_alone() -> None:
    """Two levels of one series may well have one title."""
    levels = [
        with_title(outcome(Stated(id=one, provider=one)), "电工", "2025春") for one in ("a", "b")
    ]
    assert likeness(*levels) is None


def test_of_one_course_from_two_providers_one_counts() -> None:
    """Case T5: both are stored, one is consumable."""
    one, other = learned("a", "大学英语(一)"), learned("b", "大学英语1", provider="q")
    for document in (COURSES, BUNDLE, POOL):
        assert refused(decided(document, one, other)) == [("b", "duplicate-outcome")]
    assert decided(POOL, one, other).credits == Credits(milli=2_000)
    assert decided(BUNDLE, one, other).credits == Credits(milli=0)


def test_the_higher_grade_counts_and_the_learner_may_offer_the_other() -> None:
    """Where grades are on one scale; else the earlier one counts."""
    one = learned("a", "大学英语(一)", grade="70")
    higher = learned("b", "大学英语1", provider="q", grade="85")
    assert refused(decided(COURSES, one, higher)) == [("a", "duplicate-outcome")]
    assert refused(decided(COURSES, one)) == []
    other_scale = replace(higher, grade_scale="five-level")
    assert refused(decided(COURSES, one, other_scale)) == [("b", "duplicate-outcome")]


def test_what_was_used_by_another_name_is_refused_with_the_entry() -> None:
    """Case T5: the reference of the use is given, as for the outcome itself."""
    used = [(learned("a", "大学英语(一)"), Use(entry=7))]
    codes = {"duplicate": "already-consumed", "same": "equivalent-used", "similar": "similar-used"}
    for title, term, how in [
        ("大学英语1", "2025春", "duplicate"),
        ("大学英语1", "2025秋", "same"),
        ("大学英语", "2025春", "similar"),
    ]:
        other = with_alike_uses(learned("b", title, provider="q", term=term), used)
        decision = decided(COURSES, other)
        assert refused(decision) == [("b", codes[how])]
        assert decision.failures[0].facts == {"entry": 7}
        assert decision.needs_a_person == (how == "similar")


def test_a_similar_title_waits_for_a_person() -> None:
    """Case T5: 会计学原理 and 会计学基础 are for review."""
    one, other = learned("a", "会计学原理"), learned("b", "会计学基础", provider="q")
    decision = decided(BUNDLE, one, other)
    assert refused(decision) == [("b", "similar-title")]
    assert decision.needs_a_person


def test_hours_of_one_course_in_several_terms_are_added_up() -> None:
    """A pool counts hours; that a course was taken again elsewhere takes none of them away."""
    one = learned("a", "继续教育公需科目")
    other = learned("b", "继续教育公需科目", provider="q", term="2026春")
    assert decided(POOL, one, other).credits == Credits(milli=4_000)
    hours = Use(entry=7, unit="class_hours", start=0, end=16_000)
    assert refused(decided(COURSES, with_alike_uses(other, [(one, hours)]))) == []


def test_an_older_engine_was_given_no_titles() -> None:
    """What it decided is computed again from what it knew."""
    one = with_alike_uses(
        learned("b", "大学英语1", provider="q"), [(learned("a", "大学英语(一)"), Use(entry=7))]
    )
    assert as_given_to(ENGINE, one) == one
    assert refused(decided(COURSES, as_given_to(THIRD, one))) == []
