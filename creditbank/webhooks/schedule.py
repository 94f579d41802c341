"""When a delivery that was not taken is tried again: later and later, then no more. Pure."""

from datetime import timedelta

ATTEMPTS_MAX = 10
"""The first one included; the last is made some three days after it."""
FIRST_SECONDS = 5
GROWTH = 5
LONGEST_SECONDS = 86_400
JITTER = 200
"""By how many thousandths a wait is shortened or lengthened, so that receivers recover in peace."""
CHANCES = 1_000

KEPT_FOR = timedelta(days=30)
"""How long a delivery is kept, taken or not; so long it can be sent again."""


def seconds_before_next(attempts: int, chance: int) -> int | None:
    """Give the wait after so many failed attempts, None once they are enough.

    `chance` is drawn anew each time, below `CHANCES`. No wait is shorter than 5 seconds or longer
    than a day.
    """
    if attempts >= ATTEMPTS_MAX:
        return None
    growth: int = GROWTH ** (attempts - 1)
    planned = min(FIRST_SECONDS * growth, LONGEST_SECONDS)
    thousandths = 1_000 - JITTER + 2 * JITTER * chance // CHANCES
    return min(max(planned * thousandths // 1_000, FIRST_SECONDS), LONGEST_SECONDS)
