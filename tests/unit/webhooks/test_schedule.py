"""A receiver that is down is asked later and later, from seconds to a day, and not for ever."""

from hypothesis import given
from hypothesis import strategies as st

from creditbank.webhooks.schedule import (
    ATTEMPTS_MAX,
    CHANCES,
    FIRST_SECONDS,
    LONGEST_SECONDS,
    seconds_before_next,
)

CHANCE = st.integers(0, CHANCES - 1)
ATTEMPTS = st.integers(1, ATTEMPTS_MAX - 1)
DAY = 86_400


@given(ATTEMPTS, CHANCE)
def test_no_wait_is_shorter_than_five_seconds_or_longer_than_a_day(
    attempts: int, chance: int
) -> None:
    """Whatever is drawn."""
    wait = seconds_before_next(attempts, chance)
    assert wait is not None
    assert 5 <= wait <= DAY


@given(st.integers(1, ATTEMPTS_MAX - 2), CHANCE, CHANCE)
def test_the_next_wait_is_never_shorter(attempts: int, chance: int, other: int) -> None:
    """But for what is drawn of a day, which it has reached."""
    first, then = seconds_before_next(attempts, chance), seconds_before_next(attempts + 1, other)
    assert first is not None
    assert then is not None
    assert then >= min(first, DAY * 8 // 10)


@given(st.integers(2, ATTEMPTS_MAX - 1))
def test_what_is_drawn_spreads_receivers(attempts: int) -> None:
    """So that those that came back are not all asked in one second; the first wait is the least."""
    waits = {seconds_before_next(attempts, chance) for chance in range(0, CHANCES, 50)}
    assert len(waits) > 1


def test_after_ten_attempts_in_some_three_days_it_is_given_up() -> None:
    """A weekend without anybody at the school is bridged."""
    waits = [seconds_before_next(one, CHANCES // 2) for one in range(1, ATTEMPTS_MAX)]
    assert waits[0] == FIRST_SECONDS
    assert waits[-1] == LONGEST_SECONDS
    assert 2.5 * DAY < sum(one or 0 for one in waits) < 4 * DAY
    assert seconds_before_next(ATTEMPTS_MAX, 0) is None
