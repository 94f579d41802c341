"""Of outcomes that two catalogues name alike, a choice uses one."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from creditbank.conversion.alike import likeness
from creditbank.conversion.filing import Likeness, Outcome
from creditbank.planning.integer_programme import IntegerProgramme

Uses = Mapping[str, Sequence[tuple[str | None, int]]]
"""Variables that each use an outcome, with the unit of which they use hours, by its id."""


def bar_alike(programme: IntegerProgramme, outcomes: Sequence[Outcome], uses: Uses) -> None:
    """Bar the use of both of two that are alike; hours of several terms may be added up."""
    named = [one for one in outcomes if one.id in uses and one.title is not None]
    for one, other in combinations(named, 2):
        found = likeness(one, other)
        if found is None:
            continue
        is_first = programme.variable()
        for variable in _barred(uses[one.id], found):
            programme.at_most({variable: 1, is_first: -1}, 0)
        for variable in _barred(uses[other.id], found):
            programme.at_most({variable: 1, is_first: 1}, 1)


def _barred(uses: Sequence[tuple[str | None, int]], found: Likeness) -> list[int]:
    return [name for unit, name in uses if unit is None or found is Likeness.DUPLICATE]
