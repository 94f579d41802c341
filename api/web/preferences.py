"""How somebody wants the pages: in which language, with which letters. A link each, no login."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import Public
from api.web.cookies import LANGUAGE, LETTERS, YEAR_SECONDS
from api.web.local_paths import local_path
from api.web.page import CurrentPage

router = APIRouter(include_in_schema=False, dependencies=[Public])

Back = Annotated[str, Query(alias="to")]


@router.get("/language/{language}")
def choose_language(language: Literal["zh", "en"], page: CurrentPage, back: Back = "/") -> Response:
    """Speak a language from now on, and lead back."""
    return _kept(page, LANGUAGE, language, back)


@router.get("/letters/{letters}")
def choose_letters(
    letters: Literal["normal", "large"], page: CurrentPage, back: Back = "/"
) -> Response:
    """Show the elder mode 长辈版 from now on or no longer, and lead back."""
    return _kept(page, LETTERS, letters, back)


def _kept(page: CurrentPage, name: str, value: str, back: str) -> Response:
    response = page.go(local_path(back, "/"))
    page.cookies.keep(response, name, value, YEAR_SECONDS)
    return response
