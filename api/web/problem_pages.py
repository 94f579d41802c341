"""One page for each problem: what it means, and what to do. It is the problem's `type`."""

import re
from itertools import groupby

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.problems import ProblemKind
from api.web.page import CurrentPage
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])

_FACT = re.compile(r"\{\w+\}")
_OF_A_FIELD = 0
"""Where a problem has no status of its own, it names a field of another one."""


@router.get("/problems")
def list_problems(page: CurrentPage) -> Response:
    """List every problem by its status."""
    kinds = sorted(page.problems.kinds.values(), key=lambda one: (_status(one), one.code))
    groups = [
        (status, [_listed(one, page.language) for one in found])
        for status, found in groupby(kinds, _status)
    ]
    return page.show("programs/problems.html", groups=groups)


@router.get("/problems/{code}")
def problem_page(code: str, page: CurrentPage) -> Response:
    """Explain a problem code."""
    kind = page.problems.kinds.get(code)
    if kind is None:
        raise Refusal("not-found")
    told = _told(kind, page.problems.kinds["invalid-input"], page.language)
    return page.show("programs/problem.html", told=told)


def _status(kind: ProblemKind) -> int:
    return kind.status or _OF_A_FIELD


def _listed(kind: ProblemKind, language: str) -> dict[str, str]:
    words = kind.field if kind.status is None else kind.title
    return {"code": kind.code, "words": _without_facts(words[language])}


def _told(kind: ProblemKind, invalid_input: ProblemKind, language: str) -> dict[str, object]:
    """Give a problem's words; one that only names a field is explained by `invalid-input`."""
    whole = invalid_input if kind.status is None else kind
    remedy, field = whole.remedy[language], kind.field[language]
    return {
        "code": kind.code,
        "status": kind.status,
        "title": whole.title[language],
        "has_facts": any(_FACT.search(text) for text in (remedy, field)),
        "remedy": _without_facts(remedy),
        "field": None if kind.field is kind.title else _without_facts(field),
    }


def _without_facts(text: str) -> str:
    """Give words with an ellipsis where an answer states its facts."""
    return _FACT.sub("…", text)
