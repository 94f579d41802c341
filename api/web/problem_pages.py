"""One page for each problem: what it means, and what to do. It is the problem's `type`."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from api.dependencies import CurrentProblems, Public
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


@router.get("/problems/{code}", response_class=HTMLResponse)
def problem_page(request: Request, code: str, problems: CurrentProblems) -> Response:
    """Explain a problem code in both languages."""
    kind = problems.kinds.get(code)
    if kind is None:
        raise Refusal("not-found")
    return _templates.TemplateResponse(request, "problem.html", {"kind": kind})
