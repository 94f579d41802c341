"""Rule files: YAML or JSON in, a rule and its hash out; nothing is guessed, nothing normalised.

A rule's document is the file's content as canonical JSON (RFC 8785), its hash the SHA-256 of that,
so that anyone can compute it from the file.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Self

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import NullableSchema, WithDefaultSchema

from creditbank.conversion.coherence import incoherences
from creditbank.conversion.decision import DECISIONS
from creditbank.conversion.form_problems import form_problem, with_lines
from creditbank.conversion.rule import Rule
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.plain_yaml import line_numbers, load_plain_yaml

_RULES = TypeAdapter(Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDocument:
    """A rule, its canonical bytes, and their SHA-256 in hexadecimal: the version's true name.

    `text` is the file that it was read from, where there is one.
    """

    rule: Rule
    content: bytes
    sha256: str
    text: str | None = field(default=None, compare=False, repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a rule file; raises `InvalidInput` that names every wrong place, with its line."""
        content = rfc8785.dumps(load_plain_yaml(text))
        try:
            document = cls.parse(content)
        except InvalidInput as refused:
            raise InvalidInput(with_lines(refused.problems, line_numbers(text))) from None
        return replace(document, text=text)

    @classmethod
    def read_line(cls, text: str) -> Self:
        """Read a rule that stands on one line as JSON, scalars as text; raises `InvalidInput`."""
        try:
            return cls.parse(rfc8785.dumps(json.loads(text)))
        except (ValueError, RecursionError):
            raise InvalidInput([FieldProblem(field="", code="json-unreadable")]) from None

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read a rule's canonical bytes; raises `InvalidInput`."""
        try:
            rule = _RULES.validate_json(content)
        except ValidationError as error:
            raise InvalidInput([form_problem(one) for one in error.errors()]) from None
        problems = list(incoherences(rule))
        if problems:
            raise InvalidInput(problems)
        return cls(rule=rule, content=content, sha256=sha256(content).hexdigest())

    def located(self, problems: Sequence[FieldProblem]) -> list[FieldProblem]:
        """Add to problems the lines of their places in the file."""
        return with_lines(problems, {} if self.text is None else line_numbers(self.text))


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a rule file; `rule.schema.json` is this, for others.

    Its definition `Decision` is the form of the result record that a rule's decisions have.
    """
    schema = _RULES.json_schema(schema_generator=_ClosedSchema)
    record = DECISIONS.json_schema(schema_generator=_ClosedSchema)
    parts = {**schema.pop("$defs"), **record.pop("$defs"), "Decision": record}
    return {
        "$schema": _ClosedSchema.schema_dialect,
        **schema,
        "$defs": dict(sorted(parts.items())),
        "title": "Conversion rule, version 1",
    }


class _ClosedSchema(GenerateJsonSchema):
    """Says what may stand in a file: no null for an absent field, no defaults, no titles."""

    def nullable_schema(self, schema: NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:
        del schema  # No field has a title beyond its name.
        return False
