"""Rules that can stand in a circle, as found by looking at each once, and in the plainest way."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.circles import circles
from creditbank.conversion.course_links import CourseLink, LinkedRule

CODES = ("A", "B", "C", "D")
INSTITUTIONS = ("school", "centre")

LINKS = st.one_of(
    st.builds(
        CourseLink,
        role=st.just("takes"),
        code=st.sampled_from(CODES),
        providers=st.sampled_from([None, (), ("school",), ("centre",)]),
    ),
    st.builds(CourseLink, role=st.just("takes_like"), code=st.sampled_from(["*", "?", "A*"])),
    st.builds(CourseLink, role=st.just("gives"), code=st.sampled_from(CODES)),
)


@st.composite
def rules(draw: st.DrawFn) -> list[LinkedRule]:
    """Draw a few rules of two institutions, some in two versions."""
    return [
        LinkedRule(
            rule_id=draw(st.sampled_from("abcdef")),
            version=str(number),
            institution_id=draw(st.sampled_from(INSTITUTIONS)),
            links=draw(st.lists(LINKS, min_size=1, max_size=3)),
        )
        for number in range(draw(st.integers(min_value=0, max_value=9)))
    ]


def takes(taker: LinkedRule, code: str, institution: str | None) -> bool:
    """Say whether a rule takes an institution's course."""
    return any(
        one.may_be_of(institution)
        and (
            (one.role == "takes" and one.code == code)
            or (one.role == "takes_like" and one.code in {"*", "?", f"{code}*"})
        )
        for one in taker.links
    )


def reached(start: str, among: Sequence[LinkedRule]) -> set[str]:
    """Follow what a rule gives, and what those that take it give, until nothing is new."""
    found: set[str] = set()
    names = {start}
    while names:
        names = {
            taker.rule_id
            for giver in among
            if giver.rule_id in names
            for code in giver.given
            for taker in among
            if takes(taker, code, giver.institution_id)
        } - found
        found |= names
    return found


@given(rules())
def test_the_rules_of_a_circle_are_those_that_lead_to_each_other(among: list[LinkedRule]) -> None:
    """And no others; what gives itself alone what it takes is no circle."""
    ids = {one.rule_id for one in among}
    follow = {one: reached(one, among) for one in ids}
    expected = {
        one: frozenset({one, *(other for other in follow[one] if one in follow[other])})
        for one in ids
    }
    assert circles(among) == {one: names for one, names in expected.items() if len(names) > 1}


def test_thirty_thousand_rules_in_one_row_are_looked_at_once() -> None:
    """Deeper than any stack; the last one closes the circle of them all."""
    count = 30_000
    row = [
        LinkedRule(
            rule_id=str(number),
            version="1",
            institution_id="school",
            links=[
                CourseLink(role="takes", code=str(number)),
                CourseLink(role="gives", code=str(number + 1)),
            ],
        )
        for number in range(count)
    ]
    assert circles(row) == {}
    last = CourseLink(role="gives", code="0")
    closed = [*row[:-1], LinkedRule(rule_id="last", version="1", institution_id="school",
              links=[row[-1].links[0], last])]  # fmt: skip
    assert len(circles(closed)) == count
