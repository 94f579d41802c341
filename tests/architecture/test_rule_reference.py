"""The page about rules has an example of every construct, and each is read as a rule is."""

import re
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from creditbank.conversion.rule_file import RuleDocument, json_schema
from creditbank.plain_yaml import load_plain_yaml
from tests.fixtures.rules import HOURS_RULE

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
FRAGMENTS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
_NOTHING_WISHED = """
tests:
  - name: 没有申请课程
    filed_on: 2026-03-01
    outcomes: [{id: a, class: vocational, course: C, awarded_on: 2025-01-01}]
    expect: {credits: "0"}
"""
FITTING = {"courses": _NOTHING_WISHED, "bundle": _NOTHING_WISHED}
"""A case for a shape that the cases of the base do not fit."""


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_each_fragment_is_part_of_a_rule_that_is_read(fragment: str) -> None:
    """Whoever copies it from the page gets what the page says."""
    base, part = _mapping(HOURS_RULE), _mapping(fragment)
    shape = part.get("shape", {}).get("kind")
    rule = {**base, **_mapping(FITTING.get(shape, "{}")), **part}
    assert RuleDocument.parse(rfc8785.dumps(rule))


def test_every_field_and_word_of_the_form_stands_on_the_page() -> None:
    """A construct that nobody can look up is not used."""
    schema = json_schema()
    fields = {
        name for one in (schema, *schema["$defs"].values()) for name in one.get("properties", {})
    }
    words = set(re.findall(r"[\w-]+", PAGE))
    assert fields - words == set()
    assert {str(one) for one in _constants(schema)} - words == {"creditbank/rule/v1"}


def _constants(schema: Any) -> set[object]:
    """Give every word that the form itself knows, but for the codes of reasons."""
    if isinstance(schema, list):
        return {word for one in schema for word in _constants(one)}
    if not isinstance(schema, dict):
        return set()
    if {"below-quantum", "single-outcome"} & set(schema.get("enum", ())):
        return set()
    own = {schema["const"]} if "const" in schema else set(schema.get("enum", ()))
    return own | {word for one in schema.values() for word in _constants(one)}


def _mapping(text: str) -> dict[str, Any]:
    loaded = load_plain_yaml(text)
    assert isinstance(loaded, dict)
    return loaded
