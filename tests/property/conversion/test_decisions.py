from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.conversion.decide import ENGINES, decide
from creditbank.conversion.decision import DECISIONS, Decision, Part
from creditbank.conversion.filing import FILINGS, Filing, FilledTarget, Outcome, Use
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import Courses
from tests.fixtures.rules import (
    AWARDED_ON,
    CERTIFICATE_RULE,
    FILED_ON,
    HOURS_RULE,
    Stated,
    outcome,
    with_rule_cap,
)

ItemT = TypeVar("ItemT")

CAP_MILLI = 8_000
POOL = RuleDocument.read(with_rule_cap(HOURS_RULE, "8"))
COURSES = RuleDocument.read(CERTIFICATE_RULE)
TARGETS = ("DG-101", "DG-102", "DG-103", "DG-999")


@st.composite
def pool_outcomes(draw: st.DrawFn) -> Outcome:
    """An outcome with class hours, of which any parts may be used, by class hours or whole."""
    whole = draw(st.integers(0, 120_000))
    points = sorted(draw(st.lists(st.integers(0, 120_000), max_size=4)))
    parts = [
        Use(entry=number, unit="class_hours", start=start, end=end)
        for number, (start, end) in enumerate(zip(points[::2], points[1::2], strict=False))
    ]
    stated = Stated(
        id=draw(st.sampled_from("abcdefgh")),
        class_hours=whole,
        used=parts + ([Use(entry=9)] if draw(st.integers(0, 9)) == 0 else []),
        is_active=draw(st.integers(0, 4)) > 0,
        group=draw(st.sampled_from([None, "g"])),
        awarded=AWARDED_ON.replace(day=draw(st.integers(1, 28))),
    )
    return outcome(stated)


@st.composite
def pool_filings(draw: st.DrawFn) -> Filing:
    """A request for the pool."""
    offered = draw(st.lists(pool_outcomes(), min_size=1, max_size=5, unique_by=lambda one: one.id))
    recognised = Credits(milli=draw(st.integers(0, 20)) * 500)
    return Filing(filed_on=FILED_ON, outcomes=tuple(offered), recognised=recognised)


@st.composite
def course_filings(draw: st.DrawFn) -> Filing:
    """A request for courses."""
    values = draw(st.lists(st.none() | st.integers(0, 12_000), min_size=1, max_size=2))
    filled = draw(st.sets(st.sampled_from(TARGETS)))
    return Filing(
        filed_on=FILED_ON,
        outcomes=tuple(
            outcome(Stated(id=f"c{number}", value=value, is_active=number == 0))
            for number, value in enumerate(values)
        ),
        targets=tuple(draw(st.permutations(TARGETS)))[: draw(st.integers(0, 4))],
        filled=tuple(FilledTarget(code=code, entry=1) for code in sorted(filled)),
        recognised=Credits(milli=0),
    )


CASES = st.one_of(
    st.tuples(st.just(POOL), pool_filings()), st.tuples(st.just(COURSES), course_filings())
)


def overlaps(one: Part | Use, other: Part | Use) -> bool:
    """Say whether two parts of one outcome share an hour."""
    return one.start < other.end and other.start < one.end


@given(pool_filings())
def test_no_hour_is_used_twice_and_no_part_goes_beyond_the_whole(filing: Filing) -> None:
    """Parts lie inside what is stated, and apart from each other and from earlier uses."""
    offered = {one.id: one for one in filing.outcomes}
    parts = decide(POOL, filing).parts
    for number, part in enumerate(parts):
        source = offered[part.outcome]
        assert 0 <= part.start < part.end <= (source.class_hours or ClassHours(milli=0)).milli
        assert all(use.unit == "class_hours" and not overlaps(part, use) for use in source.uses)
        others = [one for one in parts[:number] if one.outcome == part.outcome]
        assert not any(overlaps(part, one) for one in others)


@given(pool_filings())
def test_credit_is_whole_quanta_paid_by_exactly_the_hours_it_costs(filing: Filing) -> None:
    """Neither more nor less is used than what is granted."""
    decision = decide(POOL, filing)
    assert decision.credits.is_multiple_of(Credits(milli=500))
    used = sum(part.end - part.start for part in decision.parts)
    assert used == decision.credits.milli * 16


@given(pool_filings())
def test_a_rules_cap_is_never_exceeded(filing: Filing) -> None:
    """Counting what was recognised before, unless that was more already."""
    total = decide(POOL, filing).credits + filing.recognised
    assert total.milli <= max(CAP_MILLI, filing.recognised.milli)


@given(pool_filings(), st.integers(0, 50_000))
def test_more_hours_never_give_less_credit(filing: Filing, more: int) -> None:
    """The pool is monotone."""
    first = filing.outcomes[0]
    hours = ClassHours(milli=(first.class_hours or ClassHours(milli=0)).milli + more)
    richer = replace(filing, outcomes=(replace(first, class_hours=hours), *filing.outcomes[1:]))
    assert decide(POOL, filing).credits <= decide(POOL, richer).credits


@given(pool_filings())
def test_what_was_just_used_cannot_be_used_again(filing: Filing) -> None:
    """Filing the same outcomes once more gives less than a quantum's worth."""
    uncapped = RuleDocument.read(HOURS_RULE)
    decision = decide(uncapped, filing)
    after = replace(filing, outcomes=tuple(_used(filing.outcomes, decision)))
    assert decide(uncapped, after).credits.milli == 0


def _used(outcomes: Sequence[Outcome], decision: Decision) -> list[Outcome]:
    return [
        replace(
            one,
            uses=(
                *one.uses,
                *(
                    Use(entry=99, unit=part.unit, start=part.start, end=part.end)
                    for part in decision.parts
                    if part.outcome == one.id
                ),
            ),
        )
        for one in outcomes
    ]


@given(course_filings())
def test_courses_are_granted_whole_once_and_within_every_cap(filing: Filing) -> None:
    """Only those wished for and free, at the rule's value, up to 8 and the certificate's value."""
    decision = decide(COURSES, filing)
    shape = COURSES.rule.shape
    assert isinstance(shape, Courses)
    worth = {target.code: target.worth for target in shape.targets}
    granted = [grant.target for grant in decision.grants]
    assert len(set(granted)) == len(granted)
    assert set(granted) <= set(filing.targets) - {one.code for one in filing.filled}
    assert all(grant.credits == worth[grant.target] for grant in decision.grants)
    value = filing.outcomes[0].value
    assert decision.credits.milli <= min(8_000, 0 if value is None else value.milli)
    assert bool(decision.parts) == bool(granted)


@given(CASES, st.randoms())
def test_the_order_of_what_is_sent_changes_nothing(
    case: tuple[RuleDocument, Filing], chance: Random
) -> None:
    """Not one line of the trace."""
    document, filing = case
    shuffled = replace(
        filing,
        outcomes=_shuffled(filing.outcomes, chance),
        targets=_shuffled(filing.targets, chance),
        filled=_shuffled(filing.filled, chance),
    )
    assert decide(document, shuffled) == decide(document, filing)


def _shuffled(items: tuple[ItemT, ...], chance: Random) -> tuple[ItemT, ...]:
    return tuple(chance.sample(items, len(items)))


@given(CASES)
def test_a_stored_filing_gives_the_stored_decision_again(
    case: tuple[RuleDocument, Filing],
) -> None:
    """Both survive their way through JSON, and the named engine decides the same."""
    document, filing = case
    decision = decide(document, filing)
    stored = DECISIONS.validate_json(DECISIONS.dump_json(decision))
    assert stored == decision
    again = ENGINES[stored.engine](document, FILINGS.validate_json(FILINGS.dump_json(filing)))
    assert again == stored


@given(CASES)
def test_a_decision_that_grants_nothing_says_why(case: tuple[RuleDocument, Filing]) -> None:
    """And one that grants less than asked, too: every cap line shows its sum."""
    document, filing = case
    decision = decide(document, filing)
    assert decision.grants or decision.codes
    assert all(isinstance(fact, int) for line in decision.trace for fact in line.facts.values())
