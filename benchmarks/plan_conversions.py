"""Row 9: the best conversions of a learner, against the solver alone on the same model."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from machine import resident_mb
from measure import Row, interleaved, rate, ratios, written

from creditbank.conversion.amounts import Credits
from creditbank.conversion.caps import PlanCap, ProviderCap, ScopedCap, Share
from creditbank.conversion.filing import Outcome
from creditbank.conversion.plan import Category, Plan, Slot
from creditbank.conversion.rule_file import RuleDocument
from creditbank.planning.opportunities import find_opportunities
from creditbank.planning.propose import Built, propose
from creditbank.planning.question import Question

OUTCOMES, RULES, CODES, SLOTS, LEARNERS = 60, 4_000, 600, 60, 20
RULE = """
format: creditbank/rule/v1
id: rule-{number:05d}
version: "1"
title: {{zh: 规则}}
reason: 理由
reference: 文件
author: 甲
approver: 乙
effective_from: 2010-01-01
sources: {sources}
shape: {shape}
consumption: anywhere
decided_by: automatic
tests:
  - name: 类别不符
    filed_on: 2026-03-01
    outcomes: [{{id: a, class: venue, course: X, awarded_on: 2025-01-01}}]
    expect: {{credits: 0, codes: [class-not-accepted, {more}no-outcome-left, target-missing]}}
"""


def measure() -> Iterator[Row]:
    """Plan for twenty learners with 60 outcomes each, under 4,000 rules, two of three bundles."""
    chance = Random(9)
    plan = _plan()
    rules = [_rule(number, plan, chance) for number in range(RULES)]
    questions = [_question(rules, plan, chance) for _ in range(LEARNERS)]
    built = [Built.of(one) for one in questions]
    taken: list[float] = []

    def ours() -> float:
        start = time.perf_counter()
        for question in questions:
            began = time.perf_counter()
            propose(question, most=1)
            taken.append(time.perf_counter() - began)
        return LEARNERS / (time.perf_counter() - start)

    def other() -> float:
        start = time.perf_counter()
        for one in built:
            one.optima()
        return LEARNERS / (time.perf_counter() - start)

    mine, theirs = interleaved(ours, other)
    taken.sort()
    middle, worst = (taken[int(len(taken) * part)] * 1000 for part in (0.5, 0.99))
    waits = f"p50 {written(middle)} ms, p99 {written(worst)} ms"
    yield Row(
        number="9",
        what=f"best conversions, {OUTCOMES} outcomes, {RULES:,} rules; the solver alone",
        engine="",
        ours=f"{rate(mine, 'plans')}, {waits}",
        other=rate(theirs, "plans"),
        ratio=ratios(mine, theirs),
        land=0.2,
        aim=0.5,
    )
    yield from _opportunities(questions)
    yield Row(
        number="9",
        what="resident memory of the planner with its rules",
        engine="",
        ours=f"{resident_mb(os.getpid()):.0f} MB",
        other="",
    )


def _opportunities(questions: list[Question]) -> Iterator[Row]:
    """Ask what would add to each plan, under the cap on each provider alone, so that slots stay."""
    asked = [replace(one, plan_caps=one.plan_caps[1:]) for one in questions]
    taken = []
    for question in asked:
        began = time.perf_counter()
        find_opportunities(question)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    yield Row(
        number="9",
        what=f"twenty opportunities beside them, {OUTCOMES} outcomes, {RULES:,} rules, one round",
        engine="",
        ours=f"p50 {written(taken[len(taken) // 2])} ms, slowest {written(taken[-1])} ms",
        other="",
    )


def _plan() -> Plan:
    return Plan(
        programme="P",
        version="1",
        credits=Credits(milli=160_000),
        categories=(Category(code="K", credits=Credits(milli=160_000)),),
        slots=tuple(
            Slot(
                code=f"T-{number:02d}",
                category="K",
                credits=Credits(milli=2000 + number % 3 * 1000),
            )
            for number in range(SLOTS)
        ),
    )


def _rule(number: int, plan: Plan, chance: Random) -> RuleDocument:
    slot = chance.choice(plan.slots)
    target = f"{{code: {slot.code}, title: {{zh: 目标}}, credits: {slot.credits}}}"
    codes = [f"C-{one:04d}" for one in chance.sample(range(CODES), 2)]
    if number % 3:
        parts = ", ".join(f"{{name: {one}, sources: {{courses: [{one}]}}}}" for one in codes)
        sources, more = "{classes: [formal]}", ""
        shape = f"{{kind: bundle, parts: [{parts}], targets: [{target}]}}"
    else:
        sources, more = (
            f"{{classes: [formal], courses: [{', '.join(codes)}]}}",
            "course-not-accepted, ",
        )
        shape = f"{{kind: courses, targets: [{target}]}}"
    return RuleDocument.read(RULE.format(number=number, sources=sources, shape=shape, more=more))


def _question(rules: list[RuleDocument], plan: Plan, chance: Random) -> Question:
    outcomes = [_outcome(number, chance) for number in range(OUTCOMES)]
    caps: list[ScopedCap] = [
        PlanCap(kind="programme", share=Share(percent=5_000, quantum=Credits(milli=500))),
        ProviderCap(kind="provider", credits=Credits(milli=30_000)),
    ]
    return Question(
        outcomes=outcomes, rules=rules, plan=plan, plan_caps=caps, filed_on=date(2026, 3, 1)
    )


def _outcome(number: int, chance: Random) -> Outcome:
    awarded = date(2024, 1, 1) + timedelta(days=number)
    return Outcome(
        id=f"o{number:02d}",
        group=f"o{number:02d}",
        is_active=True,
        outcome_class="formal",
        provider=f"p{number % 4}",
        course=f"C-{chance.randrange(CODES):04d}",
        awarded_first=awarded,
        awarded_last=awarded,
    )
