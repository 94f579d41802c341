"""How many visits the check-ins of one learner, venue and day make, in whatever order they came.

Counted is the most visits that lie far enough apart. One check-in more never makes that less, so
what was recorded is never taken back, and the number alone is recorded, not which check-in made it:
late ones give the same outcomes in any order. Check-ins that nobody of the venue saw only fill what
the others leave, and that is known once late ones can come no more. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from creditbank.conversion.days import CIVIL_TIME
from creditbank.outcomes.particulars import Assurance
from creditbank.venues.rule import ASSURANCES, Method, VisitRule

LATE = timedelta(hours=72)
"""How much later than it was made a check-in is accepted."""

_MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When somebody checked in, in seconds since 1970, and how."""

    at: int
    method: Method

    @property
    def is_seen(self) -> bool:
        """True where somebody of the venue saw her."""
        return ASSURANCES[self.method] is not Assurance.DECLARED


def most_visits(times: Iterable[int], rule: VisitRule) -> int:
    """Give the most visits that these times, in seconds, make by a rule."""
    count, last = 0, None
    for at in sorted(times):
        if last is None or at - last >= rule.minutes_between * _MINUTE_SECONDS:
            count, last = count + 1, at
    return min(count, rule.visits_a_day)


def due_assurances(moments: Sequence[Seen], rule: VisitRule, *, is_over: bool) -> list[Assurance]:
    """Give the assurance of each visit that is to be recorded, the first visit first.

    `is_over` says that late check-ins of the day can come no more.
    """
    seen = most_visits((one.at for one in moments if one.is_seen), rule)
    every = most_visits((one.at for one in moments), rule) if is_over else seen
    return [Assurance.ATTENDED] * seen + [Assurance.DECLARED] * (every - seen)


def over_at(day: date) -> int:
    """Give when late check-ins of a civil day can come no more, in seconds since 1970."""
    end = datetime.combine(day + timedelta(days=1), time(), CIVIL_TIME)
    return int((end + LATE).astimezone(UTC).timestamp())
