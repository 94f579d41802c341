"""A simulation of any decisions: the version that decided changes nothing, and all add up."""

from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.amounts import Credits
from creditbank.conversion.decide import decide
from creditbank.conversion.filing import Filing, FilledTarget
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.simulation import (
    Amounts,
    Compared,
    Effect,
    Past,
    decided_again,
    tally,
)
from tests.fixtures.rules import (
    CERTIFICATE_RULE,
    FILED_ON,
    HOURS_RULE,
    Stated,
    outcome,
    with_rule_cap,
)

POOLS = [
    RuleDocument.read(
        with_rule_cap(HOURS_RULE, most).replace("per_credit: 16", f"per_credit: {one}")
    )
    for most in ("2", "8")
    for one in ("16", "20")
]
COURSES = [
    RuleDocument.read(text)
    for text in (
        CERTIFICATE_RULE,
        CERTIFICATE_RULE.replace("credits: 8}", "credits: 6}").replace(
            "credits: 8,", "credits: 6,"
        ),
        CERTIFICATE_RULE.replace("valid_for_months: 84", "valid_for_months: 12"),
    )
]
TARGETS = ("DG-101", "DG-102", "DG-103")


@st.composite
def pool_pasts(draw: st.DrawFn) -> Past:
    """Hours of some courses, decided by a pool."""
    hours = draw(st.lists(st.integers(0, 120_000), min_size=1, max_size=4))
    return past(
        draw(st.sampled_from(POOLS)),
        Filing(
            filed_on=FILED_ON,
            outcomes=tuple(
                outcome(Stated(id=f"h{place}", class_hours=one)) for place, one in enumerate(hours)
            ),
            recognised=Credits(milli=500 * draw(st.integers(0, 20))),
        ),
    )


@st.composite
def course_pasts(draw: st.DrawFn) -> Past:
    """A certificate for some courses, of which some are filled."""
    value, filled = (
        draw(st.none() | st.integers(0, 12_000)),
        draw(st.sets(st.sampled_from(TARGETS))),
    )
    return past(
        draw(st.sampled_from(COURSES)),
        Filing(
            filed_on=FILED_ON,
            outcomes=(outcome(Stated(value=value)),),
            targets=tuple(sorted(draw(st.sets(st.sampled_from(TARGETS))))),
            filled=tuple(FilledTarget(code=one, entry=1) for one in sorted(filled)),
            recognised=Credits(milli=0),
        ),
    )


def past(document: RuleDocument, filing: Filing) -> Past:
    """What a version decided."""
    return Past(rule=document.rule, filing=filing, decision=decide(document, filing))


PAIRS = st.one_of(
    st.tuples(pool_pasts(), st.sampled_from(POOLS)),
    st.tuples(course_pasts(), st.sampled_from(COURSES)),
)
SUMS = st.builds(
    Amounts,
    credits=st.builds(Credits, milli=st.integers(0, 10**9)),
    points=st.builds(Credits, milli=st.integers(0, 10**9)),
)
COMPARED = st.builds(
    Compared,
    effect=st.sampled_from(Effect),
    before=SUMS,
    after=st.none() | SUMS,
    codes=st.sets(st.sampled_from(["expired", "cap-rule"])),
)


@given(st.sampled_from([*POOLS, *COURSES]), st.data())
def test_the_version_that_decided_changes_nothing(
    document: RuleDocument, data: st.DataObject
) -> None:
    """Simulated on what it decided itself, every amount is the one that was given."""
    drawn = data.draw(pool_pasts() if document in POOLS else course_pasts())
    own = past(document, drawn.filing)
    found = decided_again(own, document)
    given_then = Amounts.of(own.decision.grants)
    assert found == Compared(effect=Effect.SAME, before=given_then, after=given_then)


@given(PAIRS)
def test_an_effect_is_what_the_amounts_say(pair: tuple[Past, RuleDocument]) -> None:
    """More is more, less is less, and nothing is nothing; reasons are those that are new."""
    own, document = pair
    found = decided_again(own, document)
    gained = None if found.after is None else found.after.credits.milli - found.before.credits.milli
    expected = {
        Effect.SAME: gained == 0,
        Effect.OTHERWISE: gained == 0,
        Effect.MORE: (gained or 0) > 0,
        Effect.LESS: (gained or 0) < 0,
        Effect.NO_LONGER: found.after == Amounts() != found.before,
        Effect.FOR_A_PERSON: gained is None,
    }
    assert expected[found.effect]
    assert set(found.codes).isdisjoint(own.decision.codes)


@given(st.lists(COMPARED))
def test_counts_and_sums_add_up(compared: list[Compared]) -> None:
    """Every decision is counted once, whatever became of it, and amounts stay exact."""
    found = tally(compared)
    assert found.count == sum(found.count_of(effect) for effect in Effect) == len(compared)
    assert sum(one.before.credits.milli for one in found.sums) == sum(
        one.before.credits.milli for one in compared
    )
    for one in found.sums:
        parts = [each for each in compared if each.effect is one.effect]
        assert one.count == len(parts)
        if one.after is not None:
            points = sum(each.after.points.milli for each in parts if each.after is not None)
            assert one.after.points.milli == points
    assert sum(found.reasons.values()) == sum(len(one.codes) for one in compared)
