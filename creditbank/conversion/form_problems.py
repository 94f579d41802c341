"""What is wrong with the form of a rule file, by the place, with a remedy for common mistakes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic_core import ErrorDetails

from creditbank.errors import FieldProblem

_NEGATIVE = re.compile(r"-[0-9.]+")
_WITH_UNIT = re.compile(r"[0-9]+(\.[0-9]+)?\s*[^0-9.\s-]+")
_AMOUNTS = frozenset(
    {"credits", "per_credit", "at_least", "quantum", "class_hours", "hours", "used", "percent"}
)
_UNION_FIELDS = frozenset({"shape", "gives"})
_UNION_LISTS = frozenset({"caps"})


def form_problem(error: ErrorDetails) -> FieldProblem:
    """Say what a reading error is about: the place without the kinds of unions, and a code."""
    steps = list(_steps(error["loc"]))
    code = _code(steps, error)
    facts = {"reason": error["msg"]} if code == "rule-wrong" else {}
    return FieldProblem(field=".".join(steps), code=code, facts=facts)


def with_lines(problems: Sequence[FieldProblem], lines: Mapping[str, int]) -> list[FieldProblem]:
    """Add to each problem the line of its place, or of the nearest place around it."""
    return [replace(one, facts={**one.facts, **_line(one.field, lines)}) for one in problems]


def _line(place: str, lines: Mapping[str, int]) -> dict[str, int]:
    while place and place not in lines:
        place = place.rpartition(".")[0]
    return {"line": lines[place]} if place in lines else {}


def _steps(loc: Sequence[str | int]) -> Iterator[str]:
    before: tuple[str, ...] = ("", "")
    for step in map(str, loc):
        is_kind = before[1] in _UNION_FIELDS or before[0] in _UNION_LISTS
        if not is_kind:
            yield step
        before = (before[1], step)


def _code(steps: Sequence[str], error: ErrorDetails) -> str:
    given, name = error["input"], steps[-1] if steps else ""
    if steps == ["tests"]:
        return "rule-cases-missing"
    if name == "unit" and error["type"] in {"missing", "literal_error"}:
        return "rule-unit-unclear"
    if isinstance(given, str) and _NEGATIVE.fullmatch(given):
        return "amount-negative"
    if isinstance(given, str) and name in _AMOUNTS and _WITH_UNIT.fullmatch(given):
        return "rule-unit-inside"
    return "rule-wrong"
