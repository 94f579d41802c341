"""Conditions of agreements that a rule can ask for: a grade on a named scale, an age in years."""

from collections.abc import Sequence

from creditbank.agreements.mapping import Scale
from creditbank.agreements.notation import Meaning, Note, Words
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.terms import Condition
from creditbank.conversion.amounts import AmountError, Grade

_YEAR_MONTHS = 12
_QUOTE = '"'


def condition_of(printed: Words, scales: Sequence[Scale]) -> Condition:
    """Ask for at least this grade: a letter of a scale that is stated, or a percentage."""
    words = tuple(word for word in printed if word != _QUOTE)
    if words[-1:] == ("%",):
        numeric = next((one for one in scales if one.scale == "percent"), None)
        if numeric is not None:
            return at_least(words[0], numeric)
    grade = "".join(words).upper()
    found = [one for one in scales if grade in one.best_first]
    if len(found) != 1:
        raise Unread.at(Why.GRADE, printed)
    order = found[0].best_first
    enough, lower = order[: order.index(grade) + 1], order[order.index(grade) + 1 :]
    return Condition(
        predicate={"grades": [{"scale": found[0].scale, "any_of": enough}]},
        meeting={"grade": grade, "grade_scale": found[0].scale},
        failing={"grade": lower[0]} if lower else {},
        code="grade-too-low",
    )


def at_least(text: str, scale: Scale) -> Condition:
    """Ask for at least this number of a numeric scale."""
    try:
        least = Grade.parse(text)
    except AmountError:
        raise Unread(Why.GRADE, text) from None
    return Condition(
        predicate={"grades": [{"scale": scale.scale, "at_least": str(least)}]},
        meeting={"grade": str(least), "grade_scale": scale.scale},
        failing={"grade": str(Grade(centi=least.centi - 1))} if least.centi else {},
        code="grade-too-low",
    )


def months_of(notes: Sequence[Note]) -> int | None:
    """Give for how long an award counts, if a remark says so; the shortest of several."""
    years = [one.number for one in notes if one.meaning is Meaning.YEARS and one.number]
    return min(years) * _YEAR_MONTHS if years else None
