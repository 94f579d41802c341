"""The best choice of conversions, in cases that can be counted by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.conversion.caps import PlanCap, ScopedCap, Share
from creditbank.conversion.filing import FilledTarget, Outcome
from creditbank.conversion.plan import Category, CountedCredit, Plan, Slot
from creditbank.conversion.rule_file import RuleDocument
from creditbank.planning.propose import propose
from creditbank.planning.question import Proposal, Question
from tests.fixtures.planning import rule_document
from tests.fixtures.rules import RULES

SIX, TWO = Credits(milli=6_000), Credits(milli=2_000)
HALF = PlanCap(kind="programme", share=Share(percent=5_000, quantum=Credits(milli=500)))


def learned(name: str, course: str, *, hours: int = 0, awarded: date = date(2025, 1, 1)) -> Outcome:
    """Give an outcome of a course."""
    return Outcome(
        id=name,
        group=name,
        is_active=True,
        outcome_class="formal",
        provider="p",
        course=course,
        awarded_first=awarded,
        awarded_last=awarded,
        class_hours=ClassHours(milli=hours * 1000),
    )


def plan(*slots: tuple[str, int], in_parts: bool = False) -> Plan:
    """Give a plan of 80 credits with these slots."""
    return Plan(
        programme="P",
        version="1",
        credits=Credits(milli=80_000),
        categories=(Category(code="K", credits=Credits(milli=80_000)),),
        slots=tuple(
            Slot(code=code, category="K", credits=Credits(milli=whole * 1000), in_parts=in_parts)
            for code, whole in slots
        ),
    )


def proposed(
    outcomes: Sequence[Outcome],
    rules: Sequence[RuleDocument],
    whole: Plan,
    *,
    caps: Sequence[ScopedCap] = (),
    applied: Sequence[CountedCredit] = (),
) -> list[Proposal]:
    """Propose, and assert that each proposal is proved and none is better than the first."""
    question = Question(
        outcomes=outcomes,
        rules=rules,
        plan=whole,
        plan_caps=caps,
        filed_on=date(2026, 3, 1),
        applied=applied,
    )
    found = propose(question)
    assert all(one.is_proved for one in found)
    best = [one.application.credits for one in found]
    assert best == sorted(best, reverse=True)
    return found


def steps(proposal: Proposal) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Give rule, outcomes and targets of each step."""
    return [(one.document.rule.id, one.outcomes, one.targets) for one in proposal.steps]


def test_overlapping_bundles_are_chosen_for_the_most_credit() -> None:
    """T6: A+B→X 6; B+C→Y 6; C→Z 2 give 8 by X and Z, where Y alone would give 6."""
    rules = [
        rule_document("ab", "bundle", [("X", SIX, False)], parts=[("A", 1), ("B", 1)]),
        rule_document("bc", "bundle", [("Y", SIX, False)], parts=[("B", 1), ("C", 1)]),
        rule_document("c", "courses", [("Z", TWO, False)], parts=[("C", 1)]),
    ]
    best, *others = proposed(
        [learned(name, name.upper()) for name in "abc"], rules, plan(("X", 6), ("Y", 6), ("Z", 2))
    )
    assert str(best.application.credits) == "8"
    assert steps(best) == [("ab", ("a", "b"), ("X",)), ("c", ("c",), ("Z",))]
    assert steps(others[0]) == [("bc", ("b", "c"), ("Y",))]


def test_of_what_a_cap_leaves_the_best_part_is_applied_and_the_certificate_is_used_whole() -> None:
    """T1: 4 credits are left under the cap; of 3, 3 and 2 the first is applied, all recognised."""
    rules = [RuleDocument.read((RULES / "courier-courses.yaml").read_text("utf-8"))]
    certificate = Outcome(
        id="c",
        group="c",
        is_active=True,
        outcome_class="vocational",
        provider="p",
        course="ZJ",
        awarded_first=date(2024, 1, 1),
        awarded_last=date(2024, 1, 1),
        certificate_series="邮政速递业务员",
    )
    applied = CountedCredit(
        target="other", category="K", credits=Credits(milli=36_000), rule="x", sources=()
    )
    whole = plan(("WL-1", 3), ("WL-2", 3), ("WL-3", 2))
    best = proposed([certificate], rules, whole, caps=[HALF], applied=[applied])[0]
    assert (str(best.recognised), str(best.application.credits)) == ("8", "3")
    assert [one.target for one in best.application.applied] == ["WL-1"]


def test_among_equals_the_first_slot_the_first_rule_and_the_oldest_outcome_win() -> None:
    """Nothing is left to the solver's whim: the same question has one answer."""
    rules = [
        rule_document(name, "courses", [("X", TWO, False), ("Y", TWO, False)], parts=[("A", 1)])
        for name in ("second", "first")
    ]
    outcomes = [
        learned("young", "A", awarded=date(2025, 5, 1)),
        learned("old", "A", awarded=date(2024, 5, 1)),
    ]
    best = proposed(outcomes, rules, plan(("Y", 2), ("X", 2)))[0]
    assert steps(best) == [("first", ("old",), ("X", "Y"))]


def test_hours_are_shared_out_and_what_is_needed_whole_is_not_broken() -> None:
    """The outcome of 40 hours fills a course of 3 credits rather than two and a half in a pool."""
    three = Credits(milli=3_000)
    rules = [
        rule_document("course", "courses", [("X", three, False)], parts=[("A", 1)]),
        rule_document("pool", "pool", [("E", Credits(milli=0), True)]),
    ]
    whole = plan(("X", 3))
    shared = Plan(
        programme="P",
        version="1",
        credits=whole.credits,
        categories=whole.categories,
        slots=(
            *whole.slots,
            Slot(code="E", category="K", credits=Credits(milli=10_000), in_parts=True),
        ),
    )
    outcomes = [learned("a", "A", hours=40), learned("b", "B", hours=24)]
    best = proposed(outcomes, rules, shared)[0]
    assert str(best.application.credits) == "4.5"
    assert steps(best) == [("course", ("a",), ("X",)), ("pool", ("b",), ())]


def test_nothing_to_convert_is_an_answer_too() -> None:
    """Without outcomes there is one proposal, and it is empty."""
    (only,) = proposed([], [], plan(("X", 3)))
    assert (only.steps, str(only.application.credits)) == ((), "0")


def test_an_old_award_falls_under_the_version_that_the_transition_keeps() -> None:
    """Old awards fill X by version 1, and Y by version 2 only together with a new one."""
    rules = [
        rule_document("r", "courses", [("X", SIX, False)], parts=[("A", 1)]),
        rule_document("r", "courses", [("Y", SIX, False)], parts=[("AB", 1)], version="2"),
    ]
    outcomes = [learned("old", "A"), learned("new", "B", awarded=date(2025, 8, 1))]
    best = proposed(outcomes, rules, plan(("X", 6), ("Y", 6)))[0]
    found = {(one.document.rule.version, one.outcomes, one.targets) for one in best.steps}
    assert found == {("1", ("old",), ("X",)), ("2", ("new",), ("Y",))}
    alone = proposed(outcomes[:1], rules[1:], plan(("Y", 6)))[0]
    assert alone.steps == ()


def test_both_versions_together_keep_the_cap_of_the_later_one() -> None:
    """Version 1 may give 2 and version 2 up to 6 in all: 2 and 2, and not 6 beside them."""
    rules = [
        rule_document("r", "courses", [("X", TWO, False)], parts=[("A", 1)], cap="2"),
        rule_document(
            "r",
            "courses",
            [("Y", SIX, False), ("Z", TWO, False)],
            parts=[("B", 1)],
            cap="6",
            version="2",
        ),
    ]
    outcomes = [learned("old", "A"), learned("new", "B", awarded=date(2025, 8, 1))]
    best = proposed(outcomes, rules, plan(("X", 2), ("Y", 6), ("Z", 2)))[0]
    assert str(best.application.credits) == "6"
    without = proposed(outcomes, rules, plan(("X", 2), ("Z", 2)))[0]
    assert str(without.application.credits) == "4"


def test_what_another_institution_filled_is_told_to_its_own_rules_alone() -> None:
    """A slot of the bank's rule takes credit beside what the school's rule granted in vain."""
    rules = [rule_document("banks", "courses", [("X", SIX, False)], parts=[("A", 1)])]
    question = Question(
        outcomes=[learned("a", "A")],
        rules=rules,
        plan=plan(("X", 6)),
        plan_caps=[],
        filed_on=date(2026, 3, 1),
        institutions={"banks": "bank"},
        filled={"school": [FilledTarget(code="X", entry=3, credits=SIX)]},
    )
    assert str(propose(question)[0].application.credits) == "6"
    taken = replace(question, filled={"bank": question.filled["school"]})
    assert str(propose(taken)[0].application.credits) == "0"
