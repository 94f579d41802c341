from dataclasses import replace
from datetime import date

import pytest

from creditbank.conversion.amounts import Credits
from creditbank.conversion.decide import ENGINE, ENGINES, FIRST, as_given_to, decide
from creditbank.conversion.decision import Reason, Step
from creditbank.conversion.filing import Filing, FilledTarget, Use
from creditbank.conversion.rule_file import RuleDocument
from tests.fixtures.rules import (
    CERTIFICATE_RULE,
    FILED_ON,
    HOURS_RULE,
    Stated,
    judge,
    outcome,
    with_rule_cap,
)

CERTIFICATE = Stated(id="c", value=6_000)
BOTH = ("DG-101", "DG-102")


@pytest.mark.parametrize(
    ("hours", "milli"), [(100_000, 6_000), (7_000, 0), (8_000, 500), (15_999, 500), (16_000, 1_000)]
)
def test_hours_give_whole_quanta_rounded_down(hours: int, milli: int) -> None:
    """R14: 16 hours are a credit, the quantum is 0.5: 100 h give 6.0, 7 h give nothing."""
    decision = judge(HOURS_RULE, Stated(class_hours=hours))
    assert decision.credits.milli == milli
    assert decision.codes == (() if milli else ("below-quantum",))


def test_the_hours_behind_the_credit_are_used_and_the_rest_stays_free() -> None:
    """T19: 100 hours use 96; the 4 that are left make a seventh credit with 12 more."""
    first = judge(HOURS_RULE, Stated(class_hours=100_000))
    [part] = first.parts
    assert (part.outcome, part.start, part.end) == ("a", 0, 96_000)

    used = Use(entry=7, unit="class_hours", start=0, end=96_000)
    later = Stated(id="b", class_hours=12_000, awarded=date(2025, 12, 31))
    second = judge(HOURS_RULE, Stated(class_hours=100_000, used=[used]), later)

    assert second.credits.milli == 1_000
    assert [(one.outcome, one.start, one.end) for one in second.parts] == [
        ("a", 96_000, 100_000),
        ("b", 0, 12_000),
    ]


@pytest.mark.parametrize(
    "use",
    [
        Use(entry=7, unit="class_hours", start=0, end=16_000),
        Use(entry=7),
        Use(entry=7, unit="hours", start=0, end=60),
    ],
)
def test_hours_used_up_or_in_another_unit_are_consumed(use: Use) -> None:
    """Parts in two units cannot be compared, so one that is used in the other is used whole."""
    decision = judge(HOURS_RULE, Stated(class_hours=16_000, used=[use]))
    assert decision.codes == ("already-consumed", "no-outcome-left")
    assert decision.failures[0].facts == {"entry": 7}


def test_a_certificate_gives_no_more_than_its_value() -> None:
    """R02: value 6, two courses of 4: 4 are granted, the second is refused with its sum."""
    decision = judge(CERTIFICATE_RULE, CERTIFICATE, targets=BOTH)
    assert [(one.target, one.credits.milli) for one in decision.grants] == [("DG-101", 4_000)]
    [failed] = decision.failures
    assert (failed.step, failed.subject, failed.code) == (
        Step.CAP,
        "DG-102",
        Reason.CAP_CERTIFICATE_VALUE,
    )
    assert failed.facts == {
        "limit_milli": 6_000,
        "used_milli": 4_000,
        "asked_milli": 4_000,
        "granted_milli": 0,
    }
    sums = [line for line in decision.trace if line.step is Step.CAP]
    assert len(sums) == 4


def test_a_certificate_gives_eight_credits_at_most() -> None:
    """R02: its value of 10 does not lift the cap, and a course that still fits is granted."""
    worthy = Stated(id="c", value=10_000)
    decision = judge(CERTIFICATE_RULE, worthy, targets=(*BOTH, "DG-103"))
    assert decision.credits.milli == 8_000
    assert decision.codes == ("cap-certificate",)


def test_a_course_takes_one_certificate() -> None:
    """R02: what an earlier conversion filled is refused with its entry."""
    filled = [FilledTarget(code="DG-101", entry=9)]
    decision = judge(CERTIFICATE_RULE, CERTIFICATE, targets=BOTH, filled=filled)
    assert [one.target for one in decision.grants] == ["DG-102"]
    [failed] = decision.failures
    assert (failed.code, failed.facts) == (Reason.TARGET_TAKEN, {"entry": 9})


def test_a_certificate_without_a_value_in_the_catalogue_gives_nothing() -> None:
    """An unknown value is no limit that could be kept."""
    decision = judge(CERTIFICATE_RULE, Stated(), targets=["DG-101"])
    assert decision.codes == ("value-unknown",)


@pytest.mark.parametrize(
    ("targets", "codes"),
    [
        ((), ("target-missing",)),
        (("DG-999",), ("target-unknown",)),
    ],
)
def test_courses_are_wished_for_by_their_code(
    targets: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    """The rule knows the courses it fills."""
    assert judge(CERTIFICATE_RULE, CERTIFICATE, targets=targets).codes == codes


def test_one_certificate_is_offered_at_a_time() -> None:
    """Which of two would be used is not the engine's to choose here."""
    other = Stated(id="d", value=6_000)
    decision = judge(CERTIFICATE_RULE, CERTIFICATE, other, targets=["DG-101"])
    assert decision.codes == ("one-outcome-only",)


@pytest.mark.parametrize(
    ("recognised", "milli", "codes"),
    [
        (0, 6_000, ()),
        (4_000, 4_000, ("cap-rule",)),
        (7_800, 0, ("cap-rule",)),
        (9_000, 0, ("cap-rule",)),
    ],
)
def test_a_rules_own_cap_counts_what_it_has_recognised_already(
    recognised: int, milli: int, codes: tuple[str, ...]
) -> None:
    """What is left is rounded down to the quantum; the hours that are not needed stay free."""
    capped = with_rule_cap(HOURS_RULE, "8")
    decision = judge(capped, Stated(class_hours=100_000), recognised=recognised)
    assert (decision.credits.milli, decision.codes) == (milli, codes)
    assert sum(one.end - one.start for one in decision.parts) == milli * 16


def test_every_failing_test_is_reported_not_only_the_first() -> None:
    """Status, time, class, series and use of one outcome are all wrong."""
    wrong = Stated(
        id="c",
        is_active=False,
        awarded=date(2010, 1, 1),
        outcome_class="formal",
        series="焊工",
        used=[Use(entry=3)],
    )
    assert judge(CERTIFICATE_RULE, wrong, targets=["DG-999"]).codes == (
        "status-not-active",
        "expired",
        "class-not-accepted",
        "series-not-accepted",
        "already-consumed",
        "target-unknown",
        "no-outcome-left",
    )


def test_two_records_of_one_achievement_count_once() -> None:
    """The oldest that stands counts; one that was revoked stands in nobody's way."""
    first = Stated(id="a", class_hours=16_000, group="g")
    second = Stated(id="b", class_hours=16_000, group="g")
    assert judge(HOURS_RULE, first, second).credits.milli == 1_000
    assert judge(HOURS_RULE, first, second).codes == ("duplicate-outcome",)
    revoked = Stated(id="a", class_hours=16_000, group="g", is_active=False)
    assert [one.outcome for one in judge(HOURS_RULE, revoked, second).parts] == ["b"]


def test_what_the_first_engine_decided_is_decided_by_it_again() -> None:
    """It was given less of an outcome, and its rules ask for no more."""
    document = RuleDocument.read(HOURS_RULE)
    facts = Stated(
        class_hours=100_000,
        above=["a"],
        level=("f", 1),
        grade=("percent", "75"),
        assurance="assessed",
    )
    given = as_given_to(FIRST, outcome(facts))
    assert given == outcome(Stated(class_hours=100_000))
    filing = Filing(filed_on=FILED_ON, outcomes=(given,), recognised=Credits(milli=0))
    first = ENGINES[FIRST](document, filing)
    assert first.engine == "1.0.0"
    assert replace(first, engine=ENGINE) == decide(document, filing)
    assert as_given_to(ENGINE, outcome(facts)) == outcome(facts)
