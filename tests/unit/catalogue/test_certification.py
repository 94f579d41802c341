"""The life of a definition, its votes, and whether it was certified on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.catalogue.certification import (
    TRANSITIONS,
    Ballot,
    Certification,
    DefinitionState,
    Majority,
    Standing,
    Step,
    Vote,
    count_votes,
    is_carried,
    standing,
    state_after,
    state_of,
)
from creditbank.catalogue.submit import voting
from creditbank.errors import Refusal

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def certification(**changes: object) -> Certification:
    """Give a certification of 2020 to 2029."""
    facts: dict[str, object] = {
        "id": "c",
        "definition_id": "d",
        "institution_id": "i",
        "state": DefinitionState.CERTIFIED,
        "credits": None,
        "level_framework": None,
        "level": None,
        "valid_from": "2020-01-01",
        "valid_until": "2029-12-31",
        "quorum": 3,
        "majority": ">=2/3",
        "submitted_by": "p",
        "submitted_at": 1,
        "entry_index": 7,
    }
    return Certification(**{**facts, **changes})  # type: ignore[arg-type]  # Facts by name.


@pytest.mark.parametrize("state", DefinitionState)
@pytest.mark.parametrize("step", Step)
def test_a_step_leads_where_the_table_says_or_nowhere(state: DefinitionState, step: Step) -> None:
    """Nothing is certified that was not submitted, nothing withdrawn that was not certified."""
    if (state, step) in TRANSITIONS:
        assert state_after(state, step) == TRANSITIONS[state, step]
    else:
        with pytest.raises(Refusal) as refused:
            state_after(state, step)
        assert refused.value.code == "definition-state"


@given(st.lists(st.sampled_from(list(Vote)), max_size=12), st.integers(1, 6))
def test_recusals_count_neither_for_the_quorum_nor_for_the_majority(
    votes: list[Vote], quorum: int
) -> None:
    """A recusal is no vote."""
    ballots = [Ballot(person=str(n), vote=vote, cast_at=0) for n, vote in enumerate(votes)]
    cast = [vote for vote in votes if vote is not Vote.RECUSED]
    majority = Majority.parse(">=2/3")
    if len(cast) < quorum:
        with pytest.raises(Refusal, match="quorum-missing"):
            is_carried(count_votes(ballots), quorum=quorum, majority=majority)
    else:
        carried = is_carried(count_votes(ballots), quorum=quorum, majority=majority)
        assert carried == (3 * cast.count(Vote.FOR) >= 2 * len(cast))


def test_a_majority_is_above_its_share_or_from_it_on() -> None:
    """Two of four are no majority, and two of three are two thirds."""
    assert not Majority.parse(">1/2").is_reached(2, 4)
    assert Majority.parse(">1/2").is_reached(3, 4)
    assert Majority.parse(">=2/3").is_reached(2, 3)
    assert voting() == (3, ">=2/3")


@given(DAYS)
def test_a_definition_is_certified_from_the_first_to_the_last_day_only(day: date) -> None:
    """A withdrawal ends it on its own day, and leaves what was before."""
    one = certification(withdrawn_from="2025-09-01", withdrawal_index=9)
    is_inside = date(2020, 1, 1) <= day < date(2025, 9, 1)
    expected = Standing.CERTIFIED if is_inside else Standing.UNCERTIFIED
    assert standing([one], first_day=day, last_day=day) == expected


def test_a_year_that_was_certified_in_part_is_unclear() -> None:
    """Nothing is guessed from an imprecise date."""
    one = certification(valid_from="2020-07-01")
    days = {"first_day": date(2020, 1, 1), "last_day": date(2020, 12, 31)}
    assert standing([one], **days) == Standing.UNCLEAR
    assert standing([certification()], **days) == Standing.CERTIFIED
    assert standing([], **days) == Standing.UNCERTIFIED


def test_a_certified_definition_expires_after_its_last_day() -> None:
    """Then it can be submitted again."""
    last = date(2029, 12, 31)
    assert state_of([], last) == DefinitionState.DRAFT
    assert state_of([certification()], last) == DefinitionState.CERTIFIED
    assert state_of([certification()], last + timedelta(days=1)) == DefinitionState.EXPIRED
