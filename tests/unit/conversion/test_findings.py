"""What a rule does not know a person finds out; what she found is an input of the decision."""

from creditbank.conversion.decision import Decision
from creditbank.conversion.filing import Finding
from tests.fixtures.rules import Stated, judge

GRADED = """
format: creditbank/rule/v1
id: graded
version: "1"
title: {zh: 有成绩要求}
reason: 理由
reference: 文件
author: 甲
approver: 乙
effective_from: 2010-01-01
sources: {grades: [{scale: percent, at_least: 75}]}
shape:
  kind: courses
  targets: [{code: DG-1, title: {zh: 一}, credits: 3}]
consumption: anywhere
decided_by: automatic
tests:
  - name: 成绩未载
    filed_on: 2026-03-01
    targets: [DG-1]
    outcomes: [{id: a, class: vocational, course: C, awarded_on: 2025-01-01}]
    expect: {credits: 0, codes: [grade-not-stated, no-outcome-left]}
"""
BUNDLE = GRADED.replace("sources: {grades: [{scale: percent, at_least: 75}]}", "sources: {}")
PART = "{name: 心得, sources: {grades: [{scale: percent, at_least: 75}]}}"
BUNDLE = BUNDLE.replace("  kind: courses\n", f"  kind: bundle\n  parts: [{PART}]\n")
BUNDLE = BUNDLE.replace("[grade-not-stated, no-outcome-left]", "[part-missing, grade-not-stated]")
UNKNOWN = Stated(grade=("B", "five-level"))


def decided(rule: str, *found: Finding) -> Decision:
    """Decide on an outcome with a grade of another scale."""
    return judge(rule, UNKNOWN, targets=["DG-1"], findings=found)


def finding(*, is_met: bool) -> Finding:
    """Give what a person found of the grade."""
    return Finding(outcome="a", code="grade-scale-not-listed", is_met=is_met)


def test_what_a_person_finds_met_passes_and_is_written_down() -> None:
    """Case R20 behind the review: the trace says that a person found it."""
    assert decided(GRADED).needs_a_person
    found = decided(GRADED, finding(is_met=True))
    assert (str(found.credits), found.codes) == ("3", ())
    assert "found-met" in {line.code for line in found.trace}


def test_what_a_person_finds_not_met_fails_and_waits_for_nobody() -> None:
    """It is a refusal like any other, by its code."""
    found = decided(GRADED, finding(is_met=False))
    assert found.codes == ("found-not-met", "no-outcome-left")
    assert not found.needs_a_person


def test_a_part_of_a_bundle_that_is_not_known_waits_for_a_person_too() -> None:
    """The part is missing, and what is not known of the outcome is named beside it."""
    asked = decided(BUNDLE)
    assert asked.codes == ("part-missing", "grade-scale-not-listed")
    assert asked.needs_a_person
    assert str(decided(BUNDLE, finding(is_met=True)).credits) == "3"
    assert decided(BUNDLE, finding(is_met=False)).codes == ("part-missing", "found-not-met")


def test_a_finding_answers_nothing_but_its_own_test() -> None:
    """Neither another outcome's test nor one that a person cannot make."""
    other = Finding(outcome="b", code="grade-scale-not-listed", is_met=True)
    wrong = Finding(outcome="a", code="grade-too-low", is_met=True)
    assert decided(GRADED, other, wrong).codes == ("grade-scale-not-listed", "no-outcome-left")
