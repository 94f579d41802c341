"""How many visits check-ins make, compared with every choice of them that there is."""

from collections.abc import Iterable
from datetime import date
from itertools import combinations, pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from creditbank.outcomes.particulars import Assurance
from creditbank.venues.rule import ASSURANCES, Method, VisitRule
from creditbank.venues.visits import Seen, due_assurances, most_visits, over_at

RULES = st.builds(
    VisitRule,
    from_day=st.just("2026-03-01"),
    minutes=st.just(60),
    class_hours=st.none(),
    visits_a_day=st.integers(1, 4),
    minutes_between=st.integers(5, 120),
    methods=st.just(frozenset(Method)),
)
# Seconds within five hours.
TIMES = st.lists(st.integers(0, 300 * 60), max_size=8)
SEEN = st.lists(
    st.builds(Seen, at=st.integers(0, 300 * 60), method=st.sampled_from(Method)), max_size=8
)


def lie_apart(times: Iterable[int], rule: VisitRule) -> bool:
    """Say whether times may all be visits."""
    in_order = sorted(times)
    gaps = (later - earlier for earlier, later in pairwise(in_order))
    return all(gap >= rule.minutes_between * 60 for gap in gaps)


@given(TIMES, RULES)
def test_it_is_the_most_that_lie_apart(times: list[int], rule: VisitRule) -> None:
    """No other choice of the same check-ins gives a learner more."""
    most = max(
        size
        for size in range(len(times) + 1)
        for chosen in combinations(times, size)
        if lie_apart(chosen, rule)
    )
    assert most_visits(times, rule) == min(most, rule.visits_a_day)


@given(TIMES, st.integers(0, 300 * 60), RULES)
def test_one_more_check_in_makes_at_most_one_visit_more(
    times: list[int], later: int, rule: VisitRule
) -> None:
    """And never one less: what was recorded is never taken back by a late one."""
    before, after = most_visits(times, rule), most_visits([*times, later], rule)
    assert before <= after <= before + 1


@given(SEEN, RULES, st.randoms(use_true_random=False))
def test_the_order_in_which_they_come_in_does_not_matter(
    seen: list[Seen], rule: VisitRule, random: Random
) -> None:
    """What is recorded step by step is what all of them together make."""
    recorded: list[Assurance] = []
    shuffled = list(seen)
    random.shuffle(shuffled)
    for place in range(len(shuffled)):
        due = due_assurances(shuffled[: place + 1], rule, is_over=False)
        assert due[: len(recorded)] == recorded
        recorded = due
    final = due_assurances(shuffled, rule, is_over=True)
    assert final[: len(recorded)] == recorded
    assert final == due_assurances(seen, rule, is_over=True)


@given(SEEN, RULES)
def test_only_what_nobody_saw_is_declared(seen: list[Seen], rule: VisitRule) -> None:
    """A kiosk adds visits, and makes none that was seen less sure."""
    with_kiosks = due_assurances(seen, rule, is_over=True)
    at_desks = due_assurances([one for one in seen if one.is_seen], rule, is_over=True)

    assert with_kiosks[: len(at_desks)] == at_desks
    assert set(at_desks) <= {Assurance.ATTENDED}
    assert set(with_kiosks[len(at_desks) :]) <= {Assurance.DECLARED}


def test_every_method_says_how_sure_it_is() -> None:
    """Where nobody of the venue sees her, she declares."""
    assert {one for one in Method if ASSURANCES[one] is Assurance.DECLARED} == {Method.KIOSK}


def test_a_day_is_over_72_hours_after_its_midnight() -> None:
    """The end of 7 March in Shanghai is 16:00 UTC; three days later late ones come no more."""
    assert over_at(date(2026, 3, 7)) == 1_773_158_400
