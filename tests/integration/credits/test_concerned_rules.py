"""A learner's planning reads the rules that can concern her, and comes to what all rules give."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from creditbank.conversion.cases import run_cases
from creditbank.conversion.course_links import course_links
from creditbank.conversion.filing import Outcome
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.proposals import stand, stand_for_opportunities
from creditbank.planning.opportunities import find_opportunities
from creditbank.planning.propose import propose
from creditbank.planning.question import Question
from creditbank.rules.courses import rules_giving, rules_taking
from creditbank.rules.queries import published_rules, published_versions
from tests.fixtures.enrolled import enrol
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition

RULES, LEARNERS = 80, 25
CODES = [f"C-{number}" for number in range(12)]
TARGETS = ("DQ-1", "DQ-2", "DQ-3", "DQ-9", "ELSEWHERE")

Content = dict[str, object]


def sources(chance: Random) -> Content:
    """Ask for codes, for a pattern, for both, or for none."""
    courses = {"courses": chance.sample(CODES, chance.choice((1, 2)))}
    pattern = {"course_patterns": [chance.choice(("C-1*", "C-?", "D-*"))]}
    return chance.choice((courses, courses, courses, pattern, courses | pattern, {}))


def shape(chance: Random) -> Content:
    """Give a shape of any kind, with targets of the plan and beside it."""
    kind = chance.choice(("courses", "courses", "bundle", "hours_pool"))
    codes = chance.sample(TARGETS, chance.choice((1, 2)))
    targets: list[Content] = [
        {"code": code, "title": {"zh": "课程"}, "credits": chance.choice("123")} for code in codes
    ]
    if kind == "hours_pool":
        target = {"code": codes[0], "title": {"zh": "课程"}, "category": "专业课"}
        sizes: Content = {"unit": "class_hours", "per_credit": "16", "quantum": "0.5"}
        return {"kind": kind, "target": target, **sizes}
    if kind == "bundle":
        parts = [{"name": name, "sources": sources(chance)} for name in "ab"]
        return {"kind": kind, "parts": parts, "targets": targets}
    if chance.random() < 0.3:
        targets[0]["sources"] = sources(chance)
    return {"kind": kind, "targets": targets}


def document(number: int, chance: Random) -> RuleDocument:
    """Give a rule with a case that expects what it gives."""
    day = {"awarded_on": "2024-01-01"}
    case: Content = {
        "name": "例",
        "filed_on": "2026-03-01",
        "outcomes": [{"id": "a", "class": "formal", "course": "C-0", **day}],
        "expect": {"credits": "0"},
    }
    asked = {"courses": chance.sample(CODES, 3)} if chance.random() < 0.5 else sources(chance)
    content: Content = {
        "format": "creditbank/rule/v1",
        "id": f"rule-{number:02d}",
        "version": "1",
        "title": {"zh": "规则"},
        "reason": "理由",
        "reference": "文件",
        "author": "甲",
        "approver": "乙",
        "effective_from": "2010-01-01",
        "sources": asked,
        "shape": shape(chance),
        "consumption": "anywhere",
        "decided_by": "automatic",
        "tests": [case],
    }
    [found] = run_cases(RuleDocument.read_line(json.dumps(content)))
    case["expect"] = {"credits": str(found.credits), "codes": list(found.codes)}
    return RuleDocument.read_line(json.dumps(content))


def held(chance: Random) -> list[Outcome]:
    """Give what a learner holds: of codes that rules name, and of others."""
    return [
        Outcome(
            id=f"o{number}",
            group=f"o{number}",
            is_active=True,
            outcome_class="formal",
            provider="p",
            course=code,
            awarded_first=date(2024, 1, 1) + timedelta(days=number),
            awarded_last=date(2024, 1, 1) + timedelta(days=number),
        )
        for number, code in enumerate(chance.sample([*CODES, "X-1", "X-2"], chance.randrange(4)))
    ]


def test_the_rules_that_concern_a_learner_give_what_all_rules_give(
    recognition: Recognition, citizen: Citizen
) -> None:
    """Proposals and opportunities of learners at random, under rules of every form."""
    bank, chance = recognition.bank, Random(30)  # noqa: S311 - cases, no secrets
    for number in range(RULES):
        recognition.publish(document(number, chance))
    key = bank.keystore.find_by_number(citizen.account_number)
    assert key is not None
    enrolment = enrol(recognition, key, "P1")
    whose = [recognition.school, bank.installation.institution_id]
    today = date(2026, 3, 1)
    with bank.readers.reading() as connection:
        question = stand(connection, key, bank.keystore.secrets, enrolment, today).question
        every = [one.document for one in published_rules(connection)]
        read: list[int] = []
        applied: list[int] = []
        for _ in range(LEARNERS):
            asked = replace(question, outcomes=held(chance), rules=every)
            taking = rules_taking(connection, whose, [one.course for one in asked.outcomes])
            giving = rules_giving(connection, whose, question.plan)
            few, more = (
                replace(asked, rules=[one.document for one in published_versions(connection, ids)])
                for ids in (taking, taking | giving)
            )
            read.append(len(few.rules))
            proposals = propose(few)
            assert proposals == propose(asked)
            applied.append(proposals[0].application.credits.milli)
            assert find_opportunities(more) == find_opportunities(asked)
    assert min(read) < RULES / 2, "few of them can take anything of somebody with little"
    assert sum(one > 0 for one in applied) > LEARNERS / 3, "or else nothing was compared"


def rule_ids(question: Question) -> Sequence[str]:
    """Name the rules that a question has."""
    return [one.rule.id for one in question.rules]


def test_a_learner_with_nothing_is_asked_about_rules_that_take_any_course_alone(
    recognition: Recognition, citizen: Citizen
) -> None:
    """And about those that give what her plan has a place for, when she asks what to learn."""
    bank = recognition.bank
    key = bank.keystore.find_by_number(citizen.account_number)
    assert key is not None
    enrolment = enrol(recognition, key, "P1")
    chance = Random(3)  # noqa: S311 - cases, no secrets
    made = [document(number, chance) for number in range(20)]
    for one in made:
        recognition.publish(one)
    with bank.readers.reading() as connection:
        asked = (connection, key, bank.keystore.secrets, enrolment, date(2026, 3, 1))
        little = rule_ids(stand(*asked).question)
        much = rule_ids(stand_for_opportunities(*asked).question)
    any_course = {one.rule.id for one in made if "takes_any" in roles_of(one)}
    assert any_course <= set(little) < set(much)
    assert not set(little) & {one.rule.id for one in made if "takes_any" not in roles_of(one)}


def roles_of(document: RuleDocument) -> set[str]:
    """Give the roles of the courses of a rule."""
    return {one.role for one in course_links(document.rule)}
