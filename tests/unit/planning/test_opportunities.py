"""Which outcome would complete what is missing, in cases that can be counted by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from creditbank.conversion.amounts import ClassHours, Credits, Grade
from creditbank.conversion.caps import CertificateValueCap, PlanCap, ScopedCap
from creditbank.conversion.decision import Reason
from creditbank.conversion.filing import Outcome
from creditbank.conversion.plan import Category, CountedCredit, Plan, Slot
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.sources import GradeNeeded, LevelNeeded, Sources
from creditbank.planning.opportunities import Opportunities, find_opportunities
from creditbank.planning.question import Question
from tests.fixtures.planning import rule_document

TODAY = date(2026, 3, 1)
SIX, THREE, TWO = (Credits(milli=one * 1000) for one in (6, 3, 2))


def learned(name: str, course: str, **facts: object) -> Outcome:
    """Give an outcome of a course."""
    bare = Outcome(
        id=name,
        group=name,
        is_active=True,
        outcome_class="formal",
        provider="p",
        course=course,
        awarded_first=date(2025, 1, 1),
        awarded_last=date(2025, 1, 1),
    )
    return replace(bare, **facts)


def plan(*slots: tuple[str, Credits], in_parts: bool = False) -> Plan:
    """Give a plan of 80 credits with these slots."""
    return Plan(
        programme="P",
        version="1",
        credits=Credits(milli=80_000),
        categories=(Category(code="K", credits=Credits(milli=80_000)),),
        slots=tuple(
            Slot(code=code, category="K", credits=worth, in_parts=in_parts) for code, worth in slots
        ),
    )


def found(
    outcomes: Sequence[Outcome],
    rules: Sequence[RuleDocument],
    whole: Plan,
    *,
    caps: Sequence[ScopedCap] = (),
    applied: Sequence[CountedCredit] = (),
) -> Opportunities:
    """Find opportunities."""
    return find_opportunities(
        Question(
            outcomes=outcomes,
            rules=rules,
            plan=whole,
            plan_caps=caps,
            filed_on=TODAY,
            applied=applied,
        )
    )


def told(known: Opportunities) -> list[tuple[str, str, list[str], tuple[str, ...], list[str]]]:
    """Give rule, credit, courses to learn, partners, and targets of each opportunity."""
    return [
        (
            one.step.document.rule.id,
            str(one.credits),
            [each.outcome.course for each in one.wanted],
            one.partners,
            [each.target for each in one.fills],
        )
        for one in known.found
    ]


def with_rule(document: RuleDocument, **facts: object) -> RuleDocument:
    """Give a rule with other facts."""
    return replace(document, rule=replace(document.rule, **facts))


def certificate_rule(**facts: object) -> RuleDocument:
    """Give a rule that takes a certificate of a series for a course of 3 credits."""
    plain = rule_document("cert", "courses", [("X", THREE, False)], parts=[("A", 1)])
    sources = Sources(
        classes=("vocational",),
        certificate_series=("电工",),
        levels=(LevelNeeded(framework="职业技能等级", at_least=4),),
    )
    return with_rule(plain, sources=sources, **facts)


def test_most_credit_comes_first_then_the_fewest_new_outcomes_then_the_earlier_slot() -> None:
    """Nothing is held: a course of 6, two of 2, and a bundle of two new courses for 6."""
    rules = [
        rule_document("pair", "bundle", [("V", SIX, False)], parts=[("C", 1), ("D", 1)]),
        rule_document("six", "courses", [("X", SIX, False)], parts=[("A", 1)]),
        rule_document("z-first", "courses", [("W", TWO, False)], parts=[("B", 1)]),
        rule_document("a-later", "courses", [("Z", TWO, False)], parts=[("B", 1)]),
    ]
    whole = plan(("V", SIX), ("W", TWO), ("X", SIX), ("Z", TWO))
    known = found([], rules, whole)
    assert told(known) == [
        ("six", "6", ["A"], (), ["X"]),
        ("pair", "6", ["C", "D"], (), ["V"]),
        ("z-first", "2", ["B"], (), ["W"]),
        ("a-later", "2", ["B"], (), ["Z"]),
    ]
    assert known.is_whole
    assert all(one.is_proved for one in known.found)


def test_a_missing_part_is_told_with_what_is_held_even_where_that_serves_another_rule() -> None:
    """A alone gives 2; with B it gives 6, so that B adds 4."""
    rules = [
        rule_document("alone", "courses", [("Z", TWO, False)], parts=[("A", 1)]),
        rule_document("pair", "bundle", [("X", SIX, False)], parts=[("A", 1), ("B", 1)]),
    ]
    known = found([learned("a", "A")], rules, plan(("X", SIX), ("Z", TWO)))
    assert str(known.proposal.application.credits) == "2"
    assert told(known) == [("pair", "4", ["B"], ("a",), ["X"])]
    assert known.found[0].wanted[0].part == "p1"


def test_of_k_of_n_only_what_lacks_is_asked_for_and_none_twice() -> None:
    """Two of A, B and C are needed and A is held: B."""
    rules = [rule_document("some", "bundle", [("X", SIX, False)], parts=[("ABC", 2)])]
    known = found([learned("a", "A")], rules, plan(("X", SIX)))
    assert told(known) == [("some", "6", ["B"], ("a",), ["X"])]
    assert [one.courses for one in known.found[0].wanted[0].asks] == [(), ("A", "B", "C")]


def test_the_hours_that_lack_to_the_next_quantum_and_to_a_full_course() -> None:
    """Of 20 hours 16 give 1 credit: 4 more give half a credit, and 28 the whole two of the rest."""
    rules = [rule_document("pool", "pool", [("E", THREE, True)])]
    held = [learned("a", "A", class_hours=ClassHours(milli=20_000))]
    known = found(held, rules, plan(("E", THREE), in_parts=True))
    assert [(str(one.credits), str(one.wanted[0].outcome.class_hours)) for one in known.found] == [
        ("2", "28"),
        ("0.5", "4"),
    ]
    assert [one.partners for one in known.found] == [("a",), ("a",)]


def test_what_a_certificate_must_be_is_told_with_series_level_and_value() -> None:
    """The value in the catalogue is the least that lets the certificate give the credit."""
    known = found(
        [],
        [certificate_rule(caps=(CertificateValueCap(kind="certificate_value"),))],
        plan(("X", THREE)),
    )
    (one,) = known.found
    wanted = one.wanted[0].outcome
    assert (wanted.certificate_series, wanted.level_framework, wanted.level) == (
        "电工",
        "职业技能等级",
        4,
    )
    assert (str(wanted.value), str(one.credits)) == ("3", "3")


def test_an_outcome_that_fails_by_one_thing_is_a_near_miss_with_its_reason() -> None:
    """Level 3 is one too low; without a level nobody knows; another class is another outcome."""
    cert = {"outcome_class": "vocational", "certificate_series": "电工"}
    held = [
        learned("low", "C", **cert, level_framework="职业技能等级", level=3),
        learned("open", "C", **cert),
        learned("other", "C", certificate_series="电工"),
    ]
    known = found(held, [certificate_rule()], plan(("X", THREE)))
    assert [(one.outcome, one.line.code, one.needs_a_person) for one in known.near_misses] == [
        ("low", Reason.LEVEL_TOO_LOW, False),
        ("open", Reason.LEVEL_NOT_STATED, True),
    ]
    assert known.near_misses[0].line.facts == {"level": 3, "least": 4}
    assert known.near_misses[0].targets == ("X",)


def test_a_grade_on_another_scale_is_for_a_person_and_a_low_one_is_a_near_miss() -> None:
    """No scale is compared with another."""
    plain = rule_document("graded", "courses", [("X", THREE, False)], parts=[("A", 1)])
    needed = GradeNeeded(scale="percent", at_least=Grade(centi=7_500))
    graded = with_rule(plain, sources=replace(plain.rule.sources, grades=(needed,)))
    held = [
        learned("a", "A", grade="74", grade_scale="percent"),
        learned("b", "A", grade="B", grade_scale="letters"),
    ]
    known = found(held, [graded], plan(("X", THREE)))
    assert [(one.outcome, one.line.code) for one in known.near_misses] == [
        ("a", Reason.GRADE_TOO_LOW),
        ("b", Reason.GRADE_SCALE_UNKNOWN),
    ]
    assert known.found == ()  # The course is held already: no other one is asked for.


def test_an_award_that_is_too_old_is_a_near_miss() -> None:
    """And a new one is what would do."""
    old = with_rule(certificate_rule(), valid_for_months=12)
    cert = {
        "outcome_class": "vocational",
        "certificate_series": "电工",
        "level_framework": "职业技能等级",
        "level": 4,
    }
    known = found([learned("a", "C", **cert)], [old], plan(("X", THREE)))
    assert [one.line.code for one in known.near_misses] == [Reason.EXPIRED]
    assert [str(one.credits) for one in known.found] == ["3"]


def test_a_cap_that_leaves_less_is_named_with_its_arithmetic() -> None:
    """39 of 40 credits count: of 3 in parts 1 is applied, and of what is whole nothing."""
    applied = [
        CountedCredit(
            target="other", category="K", credits=Credits(milli=39_000), rule="x", sources=()
        )
    ]
    cap = PlanCap(kind="programme", credits=Credits(milli=40_000))
    shared = rule_document("shared", "courses", [("X", THREE, True)], parts=[("A", 1)])
    known = found([], [shared], plan(("X", THREE), in_parts=True), caps=[cap], applied=applied)
    (one,) = known.found
    assert str(one.credits) == "1"
    assert [(line.code, line.facts["used_milli"]) for line in one.limits] == [
        (Reason.CAP_PROGRAMME, 39_000)
    ]
    whole = rule_document("whole", "courses", [("X", THREE, False)], parts=[("A", 1)])
    assert found([], [whole], plan(("X", THREE)), caps=[cap], applied=applied).found == ()


def test_a_slot_whose_credits_differ_from_the_rule_is_for_a_person() -> None:
    """Nothing is guessed: it is no opportunity but a remark."""
    rules = [rule_document("differs", "courses", [("X", TWO, False)], parts=[("A", 1)])]
    known = found([], rules, plan(("X", THREE)))
    assert known.found == ()
    assert [(one.rule, [line.code for line in one.lines]) for one in known.reviews] == [
        ("differs", [Reason.TARGET_CREDITS_DIFFER])
    ]


def test_what_the_best_proposal_fills_is_not_looked_for() -> None:
    """A held outcome fills X already; there is nothing that another could add."""
    rules = [rule_document("one", "courses", [("X", SIX, False)], parts=[("AB", 1)])]
    known = found([learned("a", "A")], rules, plan(("X", SIX)))
    assert str(known.proposal.application.credits) == "6"
    assert (known.found, known.near_misses) == ((), ())
