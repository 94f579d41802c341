"""What is wrong with the form of a rule or plan, by the place: a code of ours for each mistake.

What the reading library says is never told: its words are in one language, and about its own types.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pydantic_core import ErrorDetails

from creditbank.conversion.fields import HOURS_FORM, RULE_ID_FORM, USED_HOURS_FORM, VERSION_FORM
from creditbank.conversion.sources import COURSE_FORM
from creditbank.errors import Fact, FieldProblem

_NEGATIVE = re.compile(r"-[0-9.]+")
_WITH_UNIT = re.compile(r"[0-9]+(\.[0-9]+)?\s*[^0-9.\s-]+")
_AMOUNTS = frozenset(
    {"credits", "per_credit", "at_least", "quantum", "class_hours", "hours", "used", "percent"}
)
_UNION_FIELDS = frozenset({"shape", "gives"})
_UNION_LISTS = frozenset({"caps"})
_QUOTED = re.compile(r"'([^']*)'")
_TAGS = frozenset({"union_tag_invalid", "union_tag_not_found"})
_OWN: Mapping[str, str] = MappingProxyType(
    {
        "missing": "field-missing",
        "unexpected_keyword_argument": "field-unknown",
        "literal_error": "kind-unknown",
        "enum": "kind-unknown",
        "union_tag_invalid": "kind-unknown",
        "union_tag_not_found": "field-missing",
        "string_type": "rule-not-text",
        "string_too_short": "rule-text-empty",
        "string_too_long": "text-too-long",
        "dataclass_type": "rule-not-mapping",
        "dict_type": "rule-not-mapping",
        "tuple_type": "rule-not-list",
        "too_short": "rule-list-too-short",
        "too_long": "rule-list-too-long",
    }
)
_FORMS: Mapping[str, str] = MappingProxyType(
    {
        HOURS_FORM: "rule-hours-wrong",
        USED_HOURS_FORM: "rule-used-hours-wrong",
        RULE_ID_FORM: "rule-id-wrong",
        VERSION_FORM: "rule-version-wrong",
        COURSE_FORM: "rule-pattern-wrong",
    }
)
_BOUNDS: Mapping[str, str] = MappingProxyType({"min_length": "least", "max_length": "most"})
_TOLD = frozenset({*_BOUNDS, "places", "least", "most"})


def form_problem(error: ErrorDetails) -> FieldProblem:
    """Say what a reading error is about: the place without the kinds of unions, code and facts."""
    steps = list(_steps(error["loc"]))
    code = _common_mistake(steps, error)
    if code is not None:
        return FieldProblem(field=".".join(steps), code=code)
    kind, context = error["type"], error.get("ctx", {})
    if kind in _TAGS:
        steps.append(str(context["discriminator"]).strip("'"))
    code = _OWN.get(kind, "rule-wrong")
    if kind == "string_pattern_mismatch":
        code = _FORMS.get(str(context["pattern"]), "rule-wrong")
    elif "-" in kind:  # One of our own, raised by the type of the field itself.
        code = kind
    return FieldProblem(field=".".join(steps), code=code, facts=_facts(code, context))


def _facts(code: str, context: Mapping[str, Any]) -> dict[str, Fact]:
    if code == "kind-unknown":
        words = context.get("expected", context.get("expected_tags", ""))
        return {"known": tuple(_QUOTED.findall(str(words)))}
    if code == "text-too-long":
        return {"length_max": context["max_length"]}
    return {_BOUNDS.get(name, name): fact for name, fact in context.items() if name in _TOLD}


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


def _common_mistake(steps: Sequence[str], error: ErrorDetails) -> str | None:
    given, name = error["input"], steps[-1] if steps else ""
    if steps == ["tests"] and error["type"] != "too_long":
        return "rule-cases-missing"
    if name == "unit" and error["type"] in {"missing", "literal_error"}:
        return "rule-unit-unclear"
    if isinstance(given, str) and _NEGATIVE.fullmatch(given):
        return "amount-negative"
    if isinstance(given, str) and name in _AMOUNTS and _WITH_UNIT.fullmatch(given):
        return "rule-unit-inside"
    return None
