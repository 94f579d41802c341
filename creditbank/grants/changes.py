"""What changed of outcomes that an employer may look at, since it looked last. Pure.

A change that a leaf made is new or not by its place in the log, so that nothing is lost between two
looks of one second; what the calendar did is told apart by time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from creditbank.conversion.days import CIVIL_TIME
from creditbank.verification.report import Reason


class ChangeKind(StrEnum):
    """What befell an outcome; none of these words accuses a holder."""

    CORRECTED = "corrected"  # 更正
    TAKEN_BACK = "taken_back"  # 作废、撤销、注销
    SUSPENDED = "suspended"  # 冻结
    LIFTED = "lifted"  # 解除冻结
    EXTENDED = "extended"  # 年审
    RENEWED = "renewed"  # 续证
    EXPIRED = "expired"  # 已过有效期


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change and when it came to hold; `index` is the leaf that made it, None for the calendar.

    `superseded_by` is the entry of the correction; `valid_until` the new last day of an extension.
    """

    kind: ChangeKind
    at: datetime
    index: int | None = None
    reason: Reason | None = None
    superseded_by: int | None = None
    valid_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Since when changes are asked for: a time, and how many leaves the log had, where known."""

    at: datetime
    size: int | None = None

    def is_before(self, change: Change) -> bool:
        """Say whether a change came after this."""
        if self.size is None:
            # A leaf's time has whole seconds.
            return change.at >= self.at.replace(microsecond=0)
        return change.at > self.at if change.index is None else change.index >= self.size


def baseline(*, given: Baseline, last: Baseline | None, since: datetime | None) -> Baseline:
    """Give since when to tell changes: a stated time, else the last look, else the giving.

    What was before the grant was given is nobody's to ask for.
    """
    if since is None:
        return last or given
    return given if since <= given.at else Baseline(at=since)


def changes_since(changes: Iterable[Change], start: Baseline) -> list[Change]:
    """Give those of these changes that came since, oldest first."""
    found = [one for one in changes if start.is_before(one)]
    return sorted(found, key=lambda one: (one.at, -1 if one.index is None else one.index))


def over_at(last_day: date) -> datetime | None:
    """Give the moment from which a validity is over; None for one that never ends."""
    if last_day == date.max:
        return None
    return datetime.combine(last_day + timedelta(days=1), time.min, CIVIL_TIME)


def expiries(
    last_day: date | None, extensions: Sequence[tuple[datetime, date]], now: datetime
) -> list[Change]:
    """Give each time that a validity ran out so far; `extensions` are when and until which day.

    One that was extended in time did not run out; one that was extended late did.
    """
    moments, current = set(), last_day
    for at, until in (*extensions, (now, None)):
        over = None if current is None else over_at(current)
        if over is not None and over <= at:
            moments.add(over)
        current = max(filter(None, (current, until)), default=None)
    return [Change(kind=ChangeKind.EXPIRED, at=over) for over in sorted(moments)]
