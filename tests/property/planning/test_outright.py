"""All that one rule gives for what somebody holds: each part once, and nothing left to ask for."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.amounts import Credits
from creditbank.conversion.decide import decide
from creditbank.conversion.filing import Filing
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import Bundle
from creditbank.conversion.simulation import Amounts, Effect, given_today
from creditbank.planning.outright import decide_all, wished_of
from tests.fixtures.planning import rule_document
from tests.fixtures.rules import CERTIFICATE_RULE, FILED_ON, HOURS_RULE, Stated, outcome

POOL, COURSES = (RuleDocument.read(text) for text in (HOURS_RULE, CERTIFICATE_RULE))
BUNDLE = rule_document(
    "bundle", "bundle", [("X", Credits(milli=2000), False)], parts=[("AB", 2), ("C", 1)]
)
TWO_COURSES = rule_document(
    "courses",
    "courses",
    [("X", Credits(milli=2000), False), ("Y", Credits(milli=3000), True)],
    parts=[("ABC", 1)],
)


def filing(document: RuleDocument, *stated: Stated) -> Filing:
    """Offer all of it, for every course."""
    return Filing(
        filed_on=FILED_ON,
        outcomes=tuple(outcome(one) for one in stated),
        targets=wished_of(document.rule.shape),
        recognised=Credits(milli=0),
    )


@st.composite
def held(draw: st.DrawFn) -> tuple[RuleDocument, Filing]:
    """Give a rule and what somebody holds of what it takes, and of what it does not."""
    document = draw(st.sampled_from([POOL, COURSES, BUNDLE, TWO_COURSES]))
    stated = [
        Stated(
            id=f"o{place}",
            group=draw(st.sampled_from(["g1", "g2", None])),
            class_hours=draw(st.integers(0, 90_000)) if document is POOL else None,
            outcome_class="venue" if document in {BUNDLE, TWO_COURSES} else None,
            value=draw(st.none() | st.integers(0, 12_000)),
            course=draw(st.sampled_from("ABCD")),
        )
        for place in range(draw(st.integers(0, 5)))
    ]
    return document, filing(document, *stated)


@given(held())
def test_of_no_achievement_more_is_used_than_there_is(one: tuple[RuleDocument, Filing]) -> None:
    """What one conversion used is gone for the next, by whichever record; no course is filled anew.

    So a sum over accounts promises nothing that filing would not give.
    """
    document, asked = one
    found = decide_all(document, asked)
    groups = {each.id: each.group for each in asked.outcomes}
    whole = [groups[part.outcome] for part in found.parts if part.unit is None]
    assert len(whole) == len(set(whole))
    hours = dict.fromkeys(groups.values(), 0)
    for part in found.parts:
        hours[groups[part.outcome]] += part.end - part.start
    for name, used in hours.items():
        assert used <= max(e.stated("class_hours") or 0 for e in asked.outcomes if e.group == name)
    filled = [each.target for each in found.grants if not each.in_parts]
    assert document is POOL or len(filled) == len(set(filled))


@given(held())
def test_the_first_conversion_is_what_asking_for_it_gives(
    one: tuple[RuleDocument, Filing],
) -> None:
    """A pool, and a first bundle, are decided as if they were filed."""
    document, asked = one
    found, first = decide_all(document, asked), decide(document, asked)
    if document is POOL:
        assert (found.grants, found.parts) == (first.grants, first.parts)
    if isinstance(document.rule.shape, Bundle):
        assert found.grants[: len(first.grants)] == first.grants


@given(held(), held())
def test_what_is_given_today_is_told_beside_the_version_before(
    one: tuple[RuleDocument, Filing], other: tuple[RuleDocument, Filing]
) -> None:
    """With nothing before all is new; what is not given has its reasons, or waits for a person."""
    found, before = decide_all(*one), decide_all(*other)
    alone = given_today(None, found)
    assert alone.before == Amounts()
    assert (alone.effect is Effect.NEWLY) == bool(found.grants)
    if found.grants:
        assert alone.after == Amounts.of(found.grants)
        assert not alone.codes
    elif one[1].outcomes:
        assert alone.codes
        assert set(alone.codes) <= set(found.codes)
    beside = given_today(before, found)
    assert beside.before == Amounts.of(before.grants)
    if before.grants and not found.grants:
        assert beside.effect in {Effect.NO_LONGER, Effect.FOR_A_PERSON}
    assert given_today(before, before).effect in {
        Effect.SAME, Effect.NOTHING, Effect.FOR_A_PERSON,
    }  # fmt: skip


def test_a_second_certificate_fills_what_the_first_left() -> None:
    """One of value 4 fills a course of 4; the next, of value 6, the other of 4 and that of 2."""
    two = filing(COURSES, Stated(id="a", value=4000), Stated(id="b", value=6000))
    assert decide_all(COURSES, two).credits == Credits(milli=10_000)
    one = replace(two, outcomes=two.outcomes[:1])
    assert decide_all(COURSES, one).credits == Credits(milli=4_000)
