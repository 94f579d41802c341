"""One page for each problem: what it means, and what to do. It is the problem's `type`."""

import re
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from api.dependencies import CurrentProblems, Public
from api.problems import ProblemKind
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])

_FACT = re.compile(r"\{\w+\}")

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


@router.get("/problems/{code}", response_class=HTMLResponse)
def problem_page(request: Request, code: str, problems: CurrentProblems) -> Response:
    """Explain a problem code in both languages."""
    kind = problems.kinds.get(code)
    if kind is None:
        raise Refusal("not-found")
    told = _told(kind, problems.kinds["invalid-input"])
    return _templates.TemplateResponse(request, "problem.html", {"told": told})


def _told(kind: ProblemKind, invalid_input: ProblemKind) -> dict[str, object]:
    """Give a problem's words; one that only names a field is explained by `invalid-input`."""
    whole = invalid_input if kind.status is None else kind
    texts = (*whole.remedy.values(), *kind.field.values())
    return {
        "code": kind.code,
        "status": kind.status,
        "title": whole.title,
        "has_facts": any(_FACT.search(text) for text in texts),
        "remedy": _without_facts(whole.remedy),
        "field": None if kind.field is kind.title else _without_facts(kind.field),
    }


def _without_facts(words: Mapping[str, str]) -> dict[str, str]:
    """Give words with an ellipsis where an answer states its facts."""
    return {language: _FACT.sub("…", text) for language, text in words.items()}
