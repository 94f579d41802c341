"""Choose the definition that a result belongs to: the one valid when it was awarded. Pure.

A definition is valid from its first day to its last; one without a last day ends where the next of
its code begins. Where two may be meant the poster is asked: nothing is guessed.
"""

from collections.abc import Sequence
from datetime import date

from creditbank.catalogue.definition import Definition
from creditbank.errors import FieldProblem, InvalidInput

_NEVER = "9999-12-31"


def choose(
    versions: Sequence[Definition], version: str | None, *, first_day: date, last_day: date
) -> Definition:
    """Give the one of a code's definitions that was valid within the days of the award.

    A stated version that only one definition has is that one. Raises `InvalidInput`:
    "course-unknown", "course-version-ambiguous" which names the versions.
    """
    named = [one for one in versions if version in (None, one.version)]
    if version is not None and len(named) == 1:
        return named[0]
    first, last = first_day.isoformat(), last_day.isoformat()
    valid = [one for one in named if one.valid_from <= last and first < _end(one, named)]
    if not valid:
        wrong = "course_version" if versions else "course"
        raise InvalidInput([FieldProblem(field=wrong, code="course-unknown")])
    if len(valid) > 1:
        names = [f"{one.version} ({one.valid_from}…{one.valid_until or ''})" for one in valid]
        facts = {"versions": names}
        raise InvalidInput(
            [FieldProblem(field="course_version", code="course-version-ambiguous", facts=facts)]
        )
    return valid[0]


def overlap(one: Definition, other: Definition) -> bool:
    """Say whether some day belongs to both, by the last days that they state."""
    earlier, later = sorted((one, other), key=lambda each: each.valid_from)
    return earlier.valid_until is not None and later.valid_from <= earlier.valid_until


def _end(one: Definition, others: Sequence[Definition]) -> str:
    """Give the first day on which a definition is not valid; texts of days sort as days do."""
    if one.valid_until is not None:
        return one.valid_until + "+"  # Sorts behind that day and before the next.
    return min(
        (each.valid_from for each in others if each.valid_from > one.valid_from), default=_NEVER
    )
