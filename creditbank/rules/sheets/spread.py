"""Rules as rows of the rule sheet; what the sheet has no place for is refused by its name."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.rules.sheets.columns import (
    CASES,
    LINK,
    PARTS,
    RULES,
    TARGETS,
    Column,
    NotInSheet,
    sheet_form,
)
from creditbank.rules.sheets.places import Content, left_over, put, take

ONCE_CAPS = ("certificate", "certificate_value", "rule")
"""The caps that have a column, in the order in which they are compiled."""

_NAMED_STEPS = 4
"""How many steps of a path name what the sheet has no place for."""

Rows = Mapping[str, Sequence[Sequence[str]]]


def spread(documents: Sequence[RuleDocument]) -> Rows:
    """Give the rows of each sheet, headers first.

    Raises `InvalidInput` that names rule and place: `rule-not-in-sheet`, `rule-sheet-repeated`.
    """
    rows = {
        name: [[one.header for one in columns]] for name, columns in sheet_form().sheets.items()
    }
    problems: list[FieldProblem] = []
    seen: set[str] = set()
    for document in documents:
        rule_id = document.rule.id
        if rule_id in seen:
            problems.append(FieldProblem(field=rule_id, code="rule-sheet-repeated"))
        seen.add(rule_id)
        spreading = _Spreading(rule_id, json.loads(document.content))
        for sheet, row in spreading.rows():
            rows[sheet].append(row)
        problems += spreading.problems()
    if problems:
        raise InvalidInput(problems)
    return rows


class _Spreading:
    """One rule while its content is taken into rows."""

    def __init__(self, rule_id: str, content: Content) -> None:
        self._id, self._content = rule_id, content
        self._refused: list[str] = []

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """Give each row with its sheet; what no row takes is left over."""
        content = self._content
        content.pop("format")
        if content["decided_by"] == "automatic":
            content.pop("decided_by")
        shape: dict[str, Any] = content["shape"]
        content["form"] = _form(shape)
        _caps_by_kind(content)
        yield RULES, self._row(RULES, content, "")
        for place in range(len(shape.get("parts", []))):
            yield PARTS, self._row(PARTS, shape["parts"][place], f"shape.parts.{place}.")
        targets = shape["targets"] if "targets" in shape else [shape["target"]]
        for place, target in enumerate(targets):
            yield TARGETS, self._row(TARGETS, target, f"shape.targets.{place}.")
        for place, case in enumerate(content["tests"]):
            yield from self._case(case, f"tests.{place}.")

    def problems(self) -> Iterator[FieldProblem]:
        """Name what has no place in the sheet."""
        places = [*self._refused, *left_over(self._content)]
        for place in dict.fromkeys(".".join(one.split(".")[:_NAMED_STEPS]) for one in places):
            yield FieldProblem(field=f"{self._id}: {place}", code="rule-not-in-sheet")

    def _case(self, case: Content, at: str) -> Iterator[tuple[str, list[str]]]:
        outcomes = case.pop("outcomes")
        name = case["name"]
        for place, outcome in enumerate(outcomes):
            both = {"case": case if place == 0 else {"name": name}, "outcome": outcome}
            yield CASES, self._row(CASES, both, at)
            self._refused += [f"{at}outcomes.{one}" for one in left_over(outcome)]

    def _row(self, sheet: str, content: Content, at: str) -> list[str]:
        return [self._cell(one, content, at) for one in sheet_form().sheets[sheet]]

    def _cell(self, column: Column, content: Content, at: str) -> str:
        value = self._id if column.path == LINK else take(content, column.path)
        if value is None or value == []:
            return ""
        try:
            return column.write(value)
        except NotInSheet:
            self._refused.append(f"{at}{column.path}")
            return ""


def _form(shape: Content) -> str:
    kind = shape.pop("kind")
    if kind == "hours_pool":
        return "hours_pool"
    if kind == "bundle":
        return "some_of" if len(shape["parts"]) == 1 else "all_of"
    return "one_to_one" if len(shape["targets"]) == 1 else "one_to_many"


def _caps_by_kind(content: Content) -> None:
    """Give each cap that has a column its name; others stay, and are left over."""
    caps = content.get("caps", [])
    kinds = [one["kind"] for one in caps]
    if kinds == [one for one in ONCE_CAPS if one in kinds]:
        content["caps"] = {}
        for one in caps:
            kind = one.pop("kind")
            put(content, f"caps.{kind}", one or {"counts": "yes"})
