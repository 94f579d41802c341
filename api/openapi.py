"""The API's own description (OpenAPI 3.1): every operation also answers with problems."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "What is wrong and what to do (RFC 9457), in the reader's language.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "A page about this problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["invalid-input"]},
        "detail": {"type": "string", "description": "The remedy."},
        "error": {"type": "string", "description": "At the token door (RFC 6749, section 5.2)."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_PROBLEM = {
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
}
_REFUSED = {"description": "Refused; nothing was changed.", **_PROBLEM}
_UNAVAILABLE = {"description": "Not possible now; send the same again later.", **_PROBLEM}


def describe(app: FastAPI) -> dict[str, Any]:
    """Give the description of this application; it is made once."""
    if app.openapi_schema is None:
        description = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            webhooks=app.webhooks.routes,
            separate_input_output_schemas=False,
        )
        for path in description["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                operation["responses"] |= {"4XX": _REFUSED, "5XX": _UNAVAILABLE}
        for path in description["webhooks"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
        schemas = description["components"]["schemas"]
        for replaced in ("HTTPValidationError", "ValidationError"):
            schemas.pop(replaced, None)
        schemas["Problem"] = PROBLEM_SCHEMA
        app.openapi_schema = description
    return app.openapi_schema
