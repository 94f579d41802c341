"""Which of several outcomes of one definition counts: all stay, one counts. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from creditbank.catalogue.definition import Counting
from creditbank.outcomes.dates import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One standing outcome of a definition; `rank` orders grades of the same scale."""

    outcome_id: str
    awarded_on: PartialDate
    attempt: int
    entry_index: int
    scale: str | None = None
    rank: int | None = None


def counting(outcomes: Sequence[Passed], policy: Counting) -> Passed:
    """Give the one that counts: the best, the last or the first; at least one is given.

    Grades of two scales are not compared: unless all have a grade of one scale, the last is the
    best. Of equal grades the later counts. Days that are not known are taken for the last possible.
    """
    in_order = sorted(outcomes, key=_order)
    if policy is Counting.FIRST:
        return in_order[0]
    if policy is Counting.BEST and _are_comparable(in_order):
        return max(in_order, key=lambda one: (one.rank or 0, _order(one)))
    return in_order[-1]


def _are_comparable(outcomes: Iterable[Passed]) -> bool:
    scales = {None if one.rank is None else one.scale for one in outcomes}
    return len(scales) == 1 and None not in scales


def _order(one: Passed) -> tuple[str, int, int]:
    return one.awarded_on.last_day.isoformat(), one.attempt, one.entry_index
