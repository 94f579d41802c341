"""A filing goes along its chain step by step, each with its own clock of working days."""

from datetime import date

import pytest

from creditbank.conversion.workflow import ChainStep
from creditbank.conversion.working_days import WorkingDays
from creditbank.errors import Refusal
from creditbank.filings.chain import Act, FilingState, Progress, after, arrive, first_of_appeal

MONDAY = date(2026, 3, 2)
CALENDAR = WorkingDays(years=[2026], holidays=frozenset(), worked_weekends=frozenset())
CHAIN = (
    ChainStep(step="acceptance", by="receiving", role="clerk", working_days=2),
    ChainStep(step="final_review", by="committee", working_days=5),
    ChainStep(step="publication", by="receiving", working_days=3),
    ChainStep(step="recognition", by="receiving"),
)


def act(progress: Progress, what: Act, day: date = MONDAY) -> Progress:
    """Take an act."""
    return after(progress, what, day, CHAIN, CALENDAR)


def at(place: int, day: date = MONDAY) -> Progress:
    """Give a filing that reached a place of the chain on a day."""
    return arrive(CHAIN, place, day, CALENDAR)


def test_each_step_has_its_own_working_days() -> None:
    """Two days for acceptance, five for the review, none stated for recognition."""
    accepted = at(0)
    reviewed = act(accepted, Act.PASSED, date(2026, 3, 6))
    assert accepted.due_on == date(2026, 3, 4)
    assert (reviewed.place, reviewed.due_on) == (1, date(2026, 3, 13))
    assert at(3).due_on is None
    assert accepted.is_late(date(2026, 3, 5))


def test_while_it_is_returned_the_clock_stands_still() -> None:
    """Returned with one day left, it is due one working day after the answer."""
    returned = act(at(0), Act.RETURNED, date(2026, 3, 3))
    assert (returned.due_on, returned.days_left) == (None, 1)
    with pytest.raises(Refusal, match="filing-returned"):
        act(returned, Act.PASSED)
    answered = act(returned, Act.ANSWERED, date(2026, 3, 20))
    assert (answered.state, answered.due_on) == (FilingState.OPEN, date(2026, 3, 23))


def test_a_publication_lasts_its_days_and_ends_by_itself() -> None:
    """Until its last day nobody can go on; the day after it the recognition is to be made."""
    published = at(2)
    assert published.published_until(CHAIN) == date(2026, 3, 5)
    with pytest.raises(Refusal, match="filing-published"):
        act(published, Act.PASSED, date(2026, 3, 5))
    assert published.on(date(2026, 3, 6), CHAIN, CALENDAR).place == 3
    assert act(published, Act.RECOGNISED, date(2026, 3, 6)).state is FilingState.RECOGNISED


def test_an_objection_holds_the_publication_until_it_is_answered() -> None:
    """Dismissed, it goes on; upheld, the review before it is made again."""
    disputed = act(at(2), Act.OBJECTED, date(2026, 3, 5))
    assert disputed.on(date(2026, 4, 1), CHAIN, CALENDAR).place == 2
    with pytest.raises(Refusal, match="filing-disputed"):
        act(disputed, Act.OBJECTED)
    dismissed = act(disputed, Act.DISMISSED, date(2026, 3, 9))
    assert dismissed.on(date(2026, 3, 10), CHAIN, CALENDAR).place == 3
    assert act(disputed, Act.UPHELD, date(2026, 3, 9)).place == 1


def test_what_is_decided_takes_no_further_act() -> None:
    """A refused or withdrawn filing stays as it is."""
    for ending in (Act.REFUSED, Act.WITHDRAWN, Act.RECOGNISED):
        ended = act(at(1), ending)
        for what in Act:
            with pytest.raises(Refusal, match="filing-decided"):
                act(ended, what)


def test_objections_belong_to_a_publication() -> None:
    """Before it nobody can object, and nothing is to be answered."""
    for what in (Act.OBJECTED, Act.UPHELD, Act.DISMISSED):
        with pytest.raises(Refusal, match="filing-not-published"):
            act(at(1), what)
    with pytest.raises(Refusal, match="filing-not-disputed"):
        act(at(2), Act.DISMISSED)
    with pytest.raises(Refusal, match="filing-not-returned"):
        act(at(1), Act.ANSWERED)


def test_an_appeal_begins_at_the_first_review() -> None:
    """What was accepted once is not accepted again."""
    assert first_of_appeal(CHAIN) == 1
    assert first_of_appeal(CHAIN[3:]) == 0
