"""Public code lists: regions, universities, occupations, fields of education."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Response as HTTPResponse

from api.dependencies import Public
from api.response import Response
from creditbank.codes.lists import Code, codes_after, find_code, list_year
from creditbank.errors import Refusal

router = APIRouter(prefix="/api/v1/codes", tags=["codes"], dependencies=[Public])

PAGE_CODES_MAX = 500
CACHED = "public, max-age=86400"


class CodeView(Response):
    """One code; an abolished one keeps the name of its last year."""

    code: str
    name: str
    abolished: int | None = None
    merged_into: str | None = None


class OneCodeView(CodeView):
    """One code and the year of the list in which it was looked up."""

    list_year: int


class CodeList(Response):
    """A page of a list; `next` is what to ask `after` for the following one."""

    list_year: int
    codes: list[CodeView]
    next: str | None


@router.get("/{list_name}")
def list_codes(
    list_name: str,
    response: HTTPResponse,
    after: Annotated[str, Query(max_length=20)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_CODES_MAX)] = 100,
) -> CodeList:
    """Read a list in the order of its codes."""
    found = codes_after(list_name, after, limit + 1)
    page = found[:limit]
    response.headers["Cache-Control"] = CACHED
    return CodeList(
        list_year=list_year(list_name),
        codes=[CodeView(**_facts(one)) for one in page],
        next=page[-1].code if len(found) > limit else None,
    )


@router.get("/{list_name}/{code}")
def read_code(list_name: str, code: str, response: HTTPResponse) -> OneCodeView:
    """Look up one code; 404 says that the list of its year has none."""
    found = find_code(list_name, code)
    if found is None:
        raise Refusal("not-found")
    response.headers["Cache-Control"] = CACHED
    return OneCodeView(list_year=list_year(list_name), **_facts(found))


def _facts(code: Code) -> dict[str, str | int | None]:
    return {name: getattr(code, name) for name in Code.__slots__}
