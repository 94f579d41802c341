"""The API's description as a page that loads nothing from elsewhere and needs no script."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from api.dependencies import Public
from api.openapi import describe

router = APIRouter(include_in_schema=False, dependencies=[Public])

_TAGS = MappingProxyType(
    {
        "access": "访问令牌",
        "outcomes": "学习成果",
        "outcome batches": "批量提交",
        "outcome measures": "批量处置",
        "evidence": "佐证材料",
        "notices": "通知",
        "held outcomes": "待核成果",
        "xAPI": "学习记录语句",
        "accounts": "个人学习账户",
        "catalogue": "成果目录与学籍",
        "matters": "事项",
        "passes": "学习码",
        "grants": "长期授权",
        "credentials": "凭证",
        "venues": "场馆",
        "check-ins": "学习打卡",
        "verification": "核验",
        "rules": "转换规则",
        "conversions": "学分转换",
        "filings": "学分认定申请",
        "applications": "学分计入与入册",
        "messages": "机构消息",
        "staff": "人员与角色",
        "codes": "代码表",
        "institutions": "机构",
        "ledger": "可验证日志",
        "issuer": "签发方",
        "health": "运行状态",
    }
)
"""The chapters of the description in 中文."""

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


@router.get("/docs", response_class=HTMLResponse)
def api_page(request: Request) -> Response:
    """Show every operation with its fields and examples."""
    description = describe(request.app)
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for operation in _operations(description):
        by_tag.setdefault(operation["tag"], []).append(operation)
    groups = [{"tag": tag, "zh": _TAGS[tag], "operations": found} for tag, found in by_tag.items()]
    return _templates.TemplateResponse(
        request, "api.html", {"groups": groups, "version": description["info"]["version"]}
    )


def _operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    schemas = description["components"]["schemas"]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {})
            yield {
                "tag": operation["tags"][0],
                "method": method.upper(),
                "path": path,
                "anchor": operation["operationId"],
                "description": operation.get("description", ""),
                "is_public": not operation.get("security"),
                "parameters": operation.get("parameters", []),
                "bodies": [_body(kind, content, schemas) for kind, content in body.items()],
                "answers": sorted(operation["responses"]),
            }


def _body(kind: str, content: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
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
            {
                "summary": example["summary"],
                "text": json.dumps(example["value"], ensure_ascii=False, indent=2),
            }
            for example in content.get("examples", {}).values()
        ],
    }


def _example(about: Mapping[str, Any]) -> str | None:
    """Give a field's first example as it is written in a body; one that may be absent nests it."""
    kinds = (about, *about.get("anyOf", ()))
    examples = [one for kind in kinds for one in kind.get("examples", ())]
    return json.dumps(examples[0], ensure_ascii=False) if examples else None
