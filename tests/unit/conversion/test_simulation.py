"""What a version cannot decide again, and what persons found out and refused, is told as such."""

from dataclasses import replace
from typing import Any

import pytest

from api.code_words import code_words
from creditbank.conversion.amounts import Credits
from creditbank.conversion.caps import PlanCap, RuleCap
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import Decision, Reason
from creditbank.conversion.filing import Filing, Finding
from creditbank.conversion.plan import Plan, Slot
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import Courses
from creditbank.conversion.simulation import (
    Amounts,
    Compared,
    Effect,
    Past,
    decided_again,
    refused_again,
)
from creditbank.conversion.sources import LevelNeeded
from creditbank.conversion.workflow import Workflow
from tests.fixtures.rules import CERTIFICATE_RULE, FILED_ON, Stated, outcome

FIRST = RuleDocument.read(CERTIFICATE_RULE)
FOUR = Amounts(credits=Credits(milli=4000))
PLAN = Plan(
    programme="p",
    version="1",
    credits=Credits(milli=80_000),
    slots=(Slot(code="DG-101", category="a", credits=Credits(milli=4000)),),
)


def changed(document: RuleDocument = FIRST, **fields: Any) -> RuleDocument:
    """Give a version that says something else."""
    return replace(document, rule=replace(document.rule, **fields))


def asking_level(least: int) -> RuleDocument:
    """Give a version that asks for a level."""
    demand = LevelNeeded(framework="职业技能等级", at_least=least)
    return changed(sources=replace(FIRST.rule.sources, levels=(demand,)))


def filing(**fields: Any) -> Filing:
    """Ask for one course with a certificate of value 6."""
    stated = {"outcomes": (outcome(Stated(value=6000)),), "targets": ("DG-101",), **fields}
    return Filing(filed_on=FILED_ON, recognised=Credits(milli=0), **stated)


def past(document: RuleDocument = FIRST, **fields: Any) -> Past:
    """What a version decided on it."""
    asked = filing(**fields)
    return Past(rule=document.rule, filing=asked, decision=decide(document, asked))


def without_first_course() -> RuleDocument:
    """Give a version that knew another course only."""
    shape = FIRST.rule.shape
    assert isinstance(shape, Courses)
    return changed(shape=replace(shape, targets=shape.targets[1:]))


CAP = RuleCap(kind="rule", credits=Credits(milli=8000))
RECOGNISED = PlanCap(kind="programme", credits=Credits(milli=8000), basis="recognised")
UNRECORDED = {
    "identity": (past(), changed(workflow=Workflow(identity_level="1"))),
    "credit counted": (past(plan=PLAN), changed(caps=(RECOGNISED,))),
    "credit by the rule in a scope": (
        past(plan=PLAN), changed(caps=(CAP,), consumption="programme"),
    ),
    "slot of the plan": (
        past(without_first_course(), targets=("DG-101", "DG-102"), plan=PLAN), FIRST,
    ),
}  # fmt: skip


@pytest.mark.parametrize("asked", UNRECORDED)
def test_what_was_not_asked_then_is_not_recorded_and_not_guessed(asked: str) -> None:
    """A version that asks for more than the one that decided cannot say what it would give."""
    before, draft = UNRECORDED[asked]
    found = decided_again(before, draft)
    assert (found.effect, found.after) == (Effect.NOT_RECORDED, None)


def test_without_a_plan_a_cap_of_plans_counted_nothing_then_either() -> None:
    """What is known to be nothing is no unknown."""
    assert decided_again(past(), changed(caps=(RECOGNISED,))).effect is Effect.SAME


def test_a_reason_is_a_test_that_did_not_fail_then() -> None:
    """A shorter validity ends what counted, and is named."""
    found = decided_again(past(), changed(valid_for_months=12))
    assert found.effect is Effect.NO_LONGER
    assert (found.before, found.after) == (FOUR, Amounts())
    assert found.codes == ("expired",)


def test_findings_hold_for_what_was_looked_at_and_nothing_else() -> None:
    """A person found the level to be four: of five nobody knows anything."""
    met = Finding(outcome="a", code="level-not-stated", is_met=True)
    decided = past(asking_level(4), findings=(met,))
    assert decided_again(decided, changed(asking_level(4), title=FIRST.rule.title)) == Compared(
        effect=Effect.SAME, before=FOUR, after=FOUR
    )
    found = decided_again(decided, asking_level(5))
    assert (found.effect, found.after) == (Effect.FOR_A_PERSON, None)
    assert "level-not-stated" in found.codes


def test_as_much_for_another_course_is_neither_more_nor_less() -> None:
    """A learner gets it elsewhere, which is worth a look."""
    shape = FIRST.rule.shape
    assert isinstance(shape, Courses)
    first = replace(shape.targets[0], grade="pass")
    found = decided_again(
        past(), changed(shape=replace(shape, targets=(first, *shape.targets[1:])))
    )
    assert (found.effect, found.after) == (Effect.OTHERWISE, FOUR)


def test_a_refused_filing_is_recognised_newly_only_where_the_rule_gave_nothing() -> None:
    """What the rule gave and persons refused is theirs to refuse again."""
    gives = decide(FIRST, filing())
    expired = decide(changed(valid_for_months=12), filing())
    unknown = decide(asking_level(4), filing())

    def told(earlier: Decision, later: Decision) -> Effect:
        return refused_again(earlier, later).effect

    assert told(expired, gives) is Effect.NEWLY
    assert told(gives, gives) is Effect.REFUSED_ANYWAY
    assert told(gives, expired) is Effect.STILL_REFUSED
    assert told(expired, unknown) is Effect.FOR_A_PERSON


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_test_has_a_name_in_both_languages(language: str) -> None:
    """Nobody reads a code where reasons are counted, nor a fact of one decision."""
    names = [code_words()["reason"][code.value][language] for code in Reason]
    assert all(names)
    assert not any("{" in name for name in names)
