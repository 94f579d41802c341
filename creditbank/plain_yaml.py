"""YAML as plain text in lists and mappings: no numbers, dates or booleans are guessed.

So `No` stays the word it is, a term 2024 stays text, and nothing can be amplified: repeated keys,
aliases and deep nesting are refused.
"""

from typing import Any, TypeAlias

import yaml
from yaml.events import AliasEvent

from creditbank.errors import FieldProblem, InvalidInput

SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Reads YAML that may hold numbers and dates; ten times faster where there is libyaml."""

TEXT_LENGTH_MAX = 1_000_000
DEPTH_MAX = 20

PlainValue: TypeAlias = "str | list[PlainValue] | dict[str, PlainValue]"


class _Refused(yaml.MarkedYAMLError):
    """The document is YAML, but not plain."""


class _PlainLoader(yaml.BaseLoader):
    """The loader that takes every scalar as text, and refuses what two readers may differ on."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # Untyped in the stubs.
        if isinstance(event, AliasEvent) or self._depth >= DEPTH_MAX:
            raise _Refused(problem="alias or deep nesting", problem_mark=event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def compose_mapping_node(self, anchor: dict[Any, yaml.Node]) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen: set[object] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                raise _Refused(problem="repeated key or no text", problem_mark=key.start_mark)
            seen.add(key.value)
        return node


def load_plain_yaml(text: str) -> PlainValue:
    """Read one YAML document; raises `InvalidInput` (`yaml-unreadable`) with the line."""
    if len(text) > TEXT_LENGTH_MAX:
        raise InvalidInput(
            [FieldProblem(field="", code="text-too-long", facts={"length_max": TEXT_LENGTH_MAX})]
        )
    try:
        loaded: PlainValue = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - text only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _unreadable(mark.line + 1 if mark else 1) from None
    except yaml.YAMLError:  # It has a character that YAML does not allow.
        raise _unreadable(1) from None
    return loaded


def line_numbers(text: str) -> dict[str, int]:
    """Give the line of every place of a document that was read, by its path of names and numbers.

    A place is where its name stands; the document itself, of no name, begins on its first line.
    """
    lines: dict[str, int] = {}
    waiting: list[tuple[str, int, yaml.Node]] = []
    root = yaml.compose(text, Loader=_PlainLoader)
    if root is not None:
        waiting.append(("", root.start_mark.line, root))
    while waiting:
        place, line, node = waiting.pop()
        lines[place] = line + 1
        at = f"{place}." if place else ""
        if isinstance(node, yaml.MappingNode):
            waiting += [(at + key.value, key.start_mark.line, one) for key, one in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [
                (f"{at}{number}", one.start_mark.line, one) for number, one in enumerate(node.value)
            ]
    return lines


def _unreadable(line: int) -> InvalidInput:
    return InvalidInput([FieldProblem(field="", code="yaml-unreadable", facts={"line": line})])
