"""The planner against a search through every choice: on small cases it never gives less.

What a choice gives is computed by the engine alone, so that model and search share nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, combinations
from random import Random

from creditbank.conversion.alike import with_title
from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.conversion.caps import (
    CategoryCap,
    CertificatesCap,
    ClassCap,
    PeriodCap,
    PlanCap,
    ProviderCap,
    ScopedCap,
)
from creditbank.conversion.filing import Outcome
from creditbank.conversion.plan import Category, CountedCredit, CreditSource, Plan, Slot
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import Bundle, HoursPool
from creditbank.planning.follow import follow
from creditbank.planning.propose import propose
from creditbank.planning.question import Question, Step
from tests.fixtures.planning import rule_document

CASES = 120
COURSES = "ABCD"
TARGETS = ("X", "Y", "Z")
FILED_ON = date(2026, 3, 1)


def test_the_planner_never_gives_less_than_the_best_choice_there_is() -> None:
    """T6's question, at random: overlapping bundles, courses, pools and caps."""
    positive = 0
    for number in range(CASES):
        question = small_question(Random(number))  # noqa: S311 - cases, no secrets
        best = max(follow(question, one)[1].credits for one in choices(question))
        found = propose(question, most=1)[0]
        assert found.application.credits >= best, (number, found.steps, question)
        assert found.is_proved, (number, found.steps, question)
        positive += best.milli > 0
    assert positive > CASES // 3


def choices(question: Question) -> Iterator[list[Step]]:
    """Give every set of up to three conversions, no outcome being used whole twice."""
    steps = [step for step in all_steps(question) if follow(question, [step])[0].milli]
    yield []
    for size in (1, 2, 3):
        for chosen in combinations(steps, size):
            if _is_apart(chosen):
                yield list(chosen)


def _is_apart(steps: Sequence[Step]) -> bool:
    used = [
        name
        for step in steps
        if not isinstance(step.document.rule.shape, HoursPool)
        for name in step.outcomes
    ]
    return len(used) == len(set(used))


def all_steps(question: Question) -> Iterator[Step]:
    """Give every request for some outcomes and some targets by one rule."""
    names = [one.id for one in question.outcomes]
    for document in question.rules:
        shape = document.rule.shape
        if isinstance(shape, HoursPool):
            for outcomes in _some(names):
                yield Step(document=document, outcomes=outcomes, targets=(shape.target.code,))
            continue
        codes = [one.code for one in shape.targets]
        offered = _some(names) if isinstance(shape, Bundle) else ((name,) for name in names)
        for outcomes in offered:
            for targets in _some(codes):
                yield Step(document=document, outcomes=outcomes, targets=targets)


def _some(items: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1))


def small_question(chance: Random) -> Question:
    """Give up to four outcomes and three rules, a plan with three slots, and caps."""
    slots = tuple(
        Slot(
            code=code,
            category=chance.choice("KL"),
            credits=Credits(milli=chance.randint(1, 4) * 1000),
            in_parts=chance.random() < 0.3,
            is_exemptible=chance.random() < 0.95,
        )
        for code in TARGETS
    )
    plan = Plan(
        programme="P",
        version="1",
        credits=Credits(milli=10_000),
        categories=tuple(Category(code=one, credits=Credits(milli=5_000)) for one in "KL"),
        slots=slots,
    )
    number = chance.randint(1, 4)
    return Question(
        outcomes=[_titled(_outcome(f"o{place}", chance), chance) for place in range(number)],
        rules=[_rule(f"r{place}", plan, chance) for place in range(chance.randint(1, 3))],
        plan=plan,
        plan_caps=_caps(chance),
        filed_on=FILED_ON,
        applied=[_applied(chance) for _ in range(chance.randint(0, 1))],
    )


def _outcome(name: str, chance: Random) -> Outcome:
    awarded = date(2025, 1, 1) + timedelta(days=chance.choice([0, 31, 200, 400]))
    series = chance.choice([None, None, "S"])
    return Outcome(
        id=name,
        group=chance.choice([name, name, name, "same"]),
        is_active=True,
        outcome_class=chance.choice(["formal", "venue"]),
        provider=chance.choice(["p", "q"]),
        course=chance.choice(COURSES),
        awarded_first=awarded,
        awarded_last=awarded,
        certificate_series=series,
        value=Credits(milli=chance.randint(1, 4) * 1000),
        class_hours=ClassHours(milli=chance.choice([8, 16, 20, 40]) * 1000),
    )


def _titled(outcome: Outcome, chance: Random) -> Outcome:
    """Give an outcome of a course that others may be named like, or of one without a name."""
    title = chance.choice([None, "会计学原理", "会计学基础", "大学英语(一)"])
    term = chance.choice(["2024", "2025"])
    return outcome if title is None else with_title(outcome, title, term)


def _rule(name: str, plan: Plan, chance: Random) -> RuleDocument:
    kind = chance.choice(["courses", "courses", "bundle", "bundle", "pool"])
    chosen = chance.sample(plan.slots, chance.randint(1, 2))
    targets = [(slot.code, slot.credits, slot.in_parts) for slot in chosen]
    cap = chance.choice([None, None, None, str(chance.randint(2, 6))])
    parts = [
        ("".join(chance.sample(COURSES, chance.randint(1, 3))), chance.choice([1, 1, 2]))
        for _ in range(chance.randint(1, 2))
    ]
    within = chance.choice([None, None, 6])
    return rule_document(name, kind, targets, parts=parts, within=within, cap=cap)


def _applied(chance: Random) -> CountedCredit:
    day = date(2025, 3, 1)
    source = CreditSource(
        outcome_class="formal", provider="p", awarded_first=day, awarded_last=day, certificate="c"
    )
    return CountedCredit(
        target=chance.choice([*TARGETS, "W"]),
        category="K",
        credits=Credits(milli=chance.randint(1, 3) * 500),
        rule=chance.choice(["r0", "other"]),
        sources=(source,),
    )


def _caps(chance: Random) -> list[ScopedCap]:
    some = Credits(milli=chance.randint(0, 12) * 500)
    known: list[ScopedCap] = [
        PlanCap(kind="programme", credits=some),
        CategoryCap(kind="category", category="K", credits=some),
        ClassCap(kind="class", classes=("venue",), credits=some),
        ProviderCap(kind="provider", credits=some),
        PeriodCap(kind="period", begins=((1, 1), (7, 1)), credits=some),
        CertificatesCap(kind="certificates", at_most=1),
    ]
    return chance.sample(known, chance.randint(0, 2))
