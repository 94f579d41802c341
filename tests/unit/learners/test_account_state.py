"""The states of an account: what leads where, and how a history is computed again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditbank.errors import Refusal
from creditbank.learners.account_state import (
    IN_USE,
    SIGNED_IN_TO,
    TRANSITIONS,
    AccountState,
    StateAct,
    StateStep,
    is_sound,
    next_state,
    require_in_use,
    standing_state,
)


def live(acts: list[StateAct], first: AccountState) -> list[StateStep]:
    """Do these acts one after the other, leaving out those that are refused."""
    history: list[StateStep] = []
    state = first
    for act in acts:
        try:
            after = next_state(act, state, history)
        except Refusal:
            continue
        number = len(history) + 1
        history.append(StateStep(number=number, act=act, before=state, after=after))
        state = after
    return history


@given(st.lists(st.sampled_from(StateAct), max_size=12), st.sampled_from(sorted(IN_USE)))
@settings(max_examples=200)
def test_every_history_that_the_table_allows_is_sound_and_leads_to_its_last_state(
    acts: list[StateAct], first: AccountState
) -> None:
    """What the audit computes again is what the commands did."""
    history = live(acts, first)
    assert is_sound(history)
    last = history[-1].after if history else first
    is_owned = first == AccountState.OPEN
    assert standing_state(history, is_owned=is_owned) == last


@given(st.lists(st.sampled_from(StateAct), min_size=1, max_size=12), st.data())
@settings(max_examples=200)
def test_a_history_with_one_other_step_is_not_sound(
    acts: list[StateAct], data: st.DataObject
) -> None:
    """Leaving a step out, or another number, act or state, is found."""
    history = live(acts, AccountState.OPEN)
    if not history:
        return
    place = data.draw(st.integers(0, len(history) - 1))
    step = history[place]
    other = data.draw(
        st.sampled_from(
            [
                StateStep(
                    number=step.number + 1, act=step.act, before=step.before, after=step.after
                ),
                StateStep(number=step.number, act="freezE", before=step.before, after=step.after),
                StateStep(number=step.number, act=step.act, before=step.before, after="opem"),
            ]
        )
    )
    assert not is_sound([*history[:place], other, *history[place + 1 :]])


@pytest.mark.parametrize("act", [act for act in StateAct if TRANSITIONS[act].undoes is not None])
@pytest.mark.parametrize("first", sorted(IN_USE))
def test_what_undoes_an_act_leads_back_to_the_state_before_it(
    act: StateAct, first: AccountState
) -> None:
    """An unclaimed account that is unfrozen is unclaimed again."""
    undone = TRANSITIONS[act].undoes
    assert undone is not None
    if first in TRANSITIONS[undone].allowed_from:
        assert live([undone, act], first)[-1].after == first


def test_a_death_ends_sign_in_and_everything_new() -> None:
    """Nothing else does both."""
    assert AccountState.DECEASED not in SIGNED_IN_TO
    with pytest.raises(Refusal, match="account-not-in-use"):
        require_in_use(AccountState.DECEASED)


def test_who_claims_an_account_after_a_freeze_finds_it_open() -> None:
    """A claim has no step of its own: the login tells of it."""
    history = live([StateAct.FREEZE, StateAct.UNFREEZE], AccountState.UNCLAIMED)
    assert standing_state(history, is_owned=True) == AccountState.OPEN
    later = StateStep(number=3, act="freeze", before="open", after="frozen")
    assert is_sound([*history, later])
