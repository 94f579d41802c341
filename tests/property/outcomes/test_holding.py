"""Whether something was held on a day: laws that hold for any validity, however imprecise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from creditbank.outcomes.dates import PartialDate, Precision
from creditbank.outcomes.holding import Answer, Held, Why, held_on
from creditbank.outcomes.status import OutcomeStatus

DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


def partial(day: date, precision: Precision) -> PartialDate:
    """Give what is left of a day at a precision."""
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[precision]
    return PartialDate.parse(day.isoformat()[:length], today=date.max)


@st.composite
def held(draw: st.DrawFn, precisions: Sequence[Precision] = tuple(Precision)) -> Held:
    """Give an outcome that stands, valid from its award to some day."""
    start, length = draw(DAYS), draw(st.integers(0, 2_000))
    precision = st.sampled_from(precisions)
    ends = [partial(start + timedelta(days=length), draw(precision))]
    return Held(
        outcome_id="x",
        awarded=partial(start, draw(precision)),
        valid_from=None,
        ends=ends if draw(st.booleans()) else [],
        status=OutcomeStatus.ACTIVE,
        taken_back_on=None,
        suspensions=[],
    )


@given(held([Precision.DAY]), DAYS)
def test_with_exact_days_it_is_held_from_the_first_to_the_last_and_both_count(
    one: Held, day: date
) -> None:
    """There is nothing for a person to look at."""
    last = one.ends[0].last_day if one.ends else date.max
    expected = Answer.YES if one.awarded.first_day <= day <= last else Answer.NO
    assert held_on([one], day).answer is expected


@given(held([Precision.DAY]), DAYS, st.sampled_from(Precision), st.sampled_from(Precision))
def test_a_date_that_is_less_precise_may_leave_it_open_but_never_turns_the_answer_round(
    one: Held, day: date, start: Precision, end: Precision
) -> None:
    """1998 is neither the first nor the last day of 1998."""
    vague = replace(
        one,
        awarded=partial(one.awarded.first_day, start),
        ends=[partial(last.first_day, end) for last in one.ends],
    )
    assert held_on([vague], day).answer in {held_on([one], day).answer, Answer.UNKNOWN}


@given(held(), held(), DAYS)
def test_a_renewal_or_an_extension_takes_nothing_away(one: Held, other: Held, day: date) -> None:
    """Whoever held it holds it still."""
    order = list(Answer)
    alone = order.index(held_on([one], day).answer)
    extended = replace(one, ends=[*one.ends, *other.ends]) if one.ends else one
    assert order.index(held_on([one, other], day).answer) <= alone
    assert order.index(held_on([extended], day).answer) <= alone


@given(held(), DAYS, DAYS, st.sampled_from(OutcomeStatus))
def test_no_status_makes_held_what_was_not(
    one: Held, day: date, since: date, status: OutcomeStatus
) -> None:
    """And what is void or replaced never was."""
    changed = replace(one, status=status, taken_back_on=since)
    before, after = held_on([one], day), held_on([changed], day)
    assert list(Answer).index(after.answer) >= list(Answer).index(before.answer)
    if status in {OutcomeStatus.VOID, OutcomeStatus.SUPERSEDED}:
        assert after.answer is Answer.NO


@given(held([Precision.DAY]), st.integers(0, 100), st.integers(1, 100))
def test_what_its_holder_gave_up_was_held_until_then_and_what_was_revoked_is_looked_at(
    one: Held, before: int, after: int
) -> None:
    """Whether it was void from the start is for a person to say."""
    one, start = replace(one, ends=[]), one.awarded.first_day
    day, ended = start + timedelta(days=before), start + timedelta(days=before + after)
    cancelled = replace(one, status=OutcomeStatus.CANCELLED, taken_back_on=ended)
    revoked = replace(one, status=OutcomeStatus.REVOKED, taken_back_on=ended)
    assert held_on([cancelled], day).answer is Answer.YES
    assert held_on([revoked], day).why is Why.REVOKED_LATER
    assert held_on([cancelled], ended).answer is held_on([revoked], ended).answer is Answer.NO


@given(held([Precision.DAY]), st.integers(0, 100), st.integers(1, 100))
def test_a_day_under_review_is_for_a_person_and_the_day_it_ended_is_not(
    one: Held, before: int, length: int
) -> None:
    """冻结 counts from its day to the day it was lifted."""
    since = one.awarded.first_day + timedelta(days=before)
    until = since + timedelta(days=length)
    suspended = replace(one, ends=[], suspensions=[(since, until)])
    assert held_on([suspended], since).why is Why.SUSPENDED_THEN
    assert held_on([suspended], until).answer is Answer.YES


def test_nothing_is_not_held() -> None:
    """An empty list has an answer."""
    assert held_on([], date(2024, 1, 1)).why is Why.NEVER_HELD
