"""The API's description as a page that loads nothing from elsewhere and needs no script."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.openapi import describe
from api.problems import LANGUAGES
from api.web.messages import HTML_LANGUAGES
from api.web.page import CurrentPage, Page
from creditbank.errors import Refusal

POSTED = "posted messages"
"""The chapter of what the bank itself posts to others."""

router = APIRouter(include_in_schema=False, dependencies=[Public])

BOTH_LANGUAGES = re.compile(r"(?P<zh>.*[\u3000-\u9fff\uff00-\uffef])\s+(?P<en>[ -~]+)")
"""What an example is of: in 中文, then in English."""


@router.get("/docs")
def api_page(page: CurrentPage) -> Response:
    """Show every operation with its fields and examples."""
    description = describe(page.request.app)
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for operation in _operations(description, page.language):
        by_tag.setdefault(operation["tag"], []).append(operation)
    return page.show(
        "programs/api.html",
        groups=[{"tag": tag, "operations": found} for tag, found in by_tag.items()],
        version=description["info"]["version"],
        origin=page.bank.settings.origin,
        refusals=[_refusal(page, language) for language in LANGUAGES],
    )


def _refusal(page: Page, language: str) -> dict[str, str]:
    refusal, base = Refusal("unauthenticated"), page.bank.settings.origin
    document = page.problems.document(refusal, language=language, base=base)
    return {"lang": HTML_LANGUAGES[language], "text": _written(document)}


def _operations(description: dict[str, Any], language: str) -> Iterator[dict[str, Any]]:
    schemas = description["components"]["schemas"]
    posted = {
        path: {method: {**one, "tags": [POSTED]} for method, one in operations.items()}
        for path, operations in description["webhooks"].items()
    }
    for path, operations in (description["paths"] | posted).items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {})
            yield {
                "tag": operation["tags"][0],
                "method": method.upper(),
                "path": path,
                "anchor": operation["operationId"],
                "description": operation.get("description", ""),
                "is_public": not operation.get("security"),
                "is_posted": operation["tags"] == [POSTED],
                "parameters": operation.get("parameters", []),
                "bodies": [_body(kind, it, schemas, language) for kind, it in body.items()],
                "answers": sorted(operation["responses"]),
            }


def _body(
    kind: str, content: dict[str, Any], schemas: dict[str, Any], language: str
) -> dict[str, Any]:
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    schema = schemas.get(name, {})
    required = schema.get("required", [])
    return {
        "kind": kind,
        "fields": [
            {
                "name": field,
                "is_required": field in required,
                "about": about.get("description", ""),
                "example": _example(about),
            }
            for field, about in schema.get("properties", {}).items()
        ],
        "examples": [
            {"summary": _said(one["summary"], language), "text": _written(one["value"])}
            for one in content.get("examples", {}).values()
        ],
    }


def _said(summary: str, language: str) -> str:
    found = BOTH_LANGUAGES.fullmatch(summary)
    return summary if found is None else found[language]


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _example(about: Mapping[str, Any]) -> str | None:
    """Give a field's first example as it is written in a body; one that may be absent nests it."""
    kinds = (about, *about.get("anyOf", ()))
    examples = [one for kind in kinds for one in kind.get("examples", ())]
    return json.dumps(examples[0], ensure_ascii=False) if examples else None
