"""Every field that a request states is described in the API's own description, in plain words."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fixtures.description import description

DESCRIPTION = description()
WORDS_MIN = 2

Schemas = Mapping[str, Any]


def bodies() -> Iterator[tuple[str, Any]]:
    """The schema of each body, with method, path and media type."""
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{method} {path} {media_type}", body.get("schema", {})


def fields(schema: Any, place: str, schemas: Schemas) -> Iterator[tuple[str, str]]:
    """Each field of a schema and of those within it, with its description, empty without one."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in place.split("."):
            yield from fields(schemas[name], f"{place}.{name}", schemas)
        return
    inner = [one for kind in ("anyOf", "oneOf", "allOf") for one in schema.get(kind, ())]
    inner += [one for kind in ("items", "additionalProperties") if (one := schema.get(kind))]
    for one in inner:
        if isinstance(one, dict):
            yield from fields(one, place, schemas)
    for name, field in schema.get("properties", {}).items():
        yield f"{place}.{name}", field.get("description", "")
        yield from fields(field, f"{place}.{name}", schemas)


def test_every_field_of_every_body_is_described() -> None:
    """Who fills it in is told what is meant, in which unit or form."""
    schemas = DESCRIPTION["components"]["schemas"]
    found = [one for place, schema in bodies() for one in fields(schema, place, schemas)]
    assert len(found) > 200
    assert [place for place, said in found if len(said.split()) < WORDS_MIN] == []


def test_amounts_and_days_say_their_form() -> None:
    """A decimal number is no float, and a day has no other order."""
    properties = DESCRIPTION["components"]["schemas"]["OutcomeRequest"]["properties"]
    for name in ("credits", "class_hours", "hours"):
        assert "decimal number" in properties[name]["description"]
    assert "YYYY-MM-DD" in properties["awarded_on"]["description"]
    assert "inutes" in properties["minutes_attended"]["description"]


def test_a_field_without_a_description_is_found_wherever_it_stands() -> None:
    """In a list, in one of several forms, behind a reference that leads to itself."""
    inner = {"properties": {"a": {"description": "What it is."}, "again": {"$ref": "#/x/Inner"}}}
    schema = {
        "properties": {
            "many": {"description": "All of them.", "items": {"$ref": "#/x/Inner"}},
            "maybe": {"anyOf": [{"properties": {"b": {}}}, {"type": "null"}]},
        }
    }
    found = fields(schema, "", {"Inner": inner})
    assert [place for place, said in found if not said] == [
        ".many.Inner.again",
        ".maybe",
        ".maybe.b",
    ]
